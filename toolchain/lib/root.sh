# What needs root when set-up itself runs as somebody else.
# shellcheck shell=bash

asRoot() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo --non-interactive --preserve-env=VIGIL_CACHE "$@"; fi; }

# Asks for a password while the terminal is still ours: steps run in the background, with their output in a file.
askForRoot() {
  [ "$(id -u)" = 0 ] || sudo --validate ||
    refuse "this step needs root: run it as root, or install sudo and allow it to $(id -un)"
}

makeOwnFolder() {
  [ -w "$1" ] && return
  mkdir -p "$1" 2>/dev/null && [ -w "$1" ] && return
  askForRoot
  asRoot install -d -o "$(id -u)" -g "$(id -g)" "$1"
}
