# Shared by the build steps: where things lie, how progress and failure are told, how a step's inputs become a key.
# shellcheck shell=bash
set -euo pipefail
shopt -s inherit_errexit
export LC_ALL=C TZ=UTC0 SOURCE_DATE_EPOCH=1767225600
umask 022

imageDir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
repoDir=$(cd "$imageDir/../.." && pwd)
workDir=${VIGIL_CACHE:-/var/cache/vigil}/image
downloadDir=$workDir/downloads
startedAtS=${VIGIL_IMAGE_STARTED_AT_S:-$(date +%s)}
export VIGIL_IMAGE_STARTED_AT_S=$startedAtS

say() { printf '[image] %4d s  %s\n' $(($(date +%s) - startedAtS)) "$*" >&2; }

die() {
  printf 'image: %s\n' "$*" >&2
  exit 1
}

# Names, modes and contents of the given files and folders as one sha256, without tests and texts, which no image holds.
hashOf() {
  local path
  find "$@" -type f ! -name '*.test.ts' ! -name '*.md' ! -name test.sh -printf '%p %m\0' |
    sort -z | while IFS= read -r -d '' line; do
      path=${line% *}
      printf '%s\n' "${line#"$repoDir"/}"
      cat "$path"
    done | sha256sum | cut -c 1-64
}

# Shortens a text of inputs to a key for a folder name.
keyOf() { printf '%s\n' "$@" | sha256sum | cut -c 1-16; }

# Runs a command with its output in a log file, and shows the end of that file only when the command fails.
# The command runs in the background because bash ignores `set -e` inside anything that is followed by `||`.
logged() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 </dev/null &
  wait $! || {
    tail -n 40 "$log" >&2
    die "'$1 ${2:-}' failed; the whole output is in $log"
  }
}

# The base image's own apk, run by its own loader, so that the machine needs none.
apk() {
  local base=$workDir/base/$(baseKey)
  "$base/lib/ld-musl-x86_64.so.1" --library-path "$base/lib:$base/usr/lib" "$base/sbin/apk" "$@"
}
