#!/usr/bin/env bash
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
for part in downloads base recipes repository bake; do
  # shellcheck source=/dev/null
  source "$imageDir/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
usage: guest/image/build.sh [--force | --inputs | --host-packages | --help]

Builds the golden image into $VIGIL_CACHE/image/current (default /var/cache/vigil/image/current):
vigil.qcow2, vmlinux, initrd, manifest.json. Does nothing when no input has changed.

  --force           assemble the image again even if nothing has changed
  --inputs          print a digest of all that the image is made from
  --host-packages   print the Debian packages that the build needs

An online bake changes two things only:
  VIGIL_ALPINE_BASE     a local file: Alpine root file system as qcow2, raw ext4 or tar
  VIGIL_APK_REPOSITORY  the apk repository to install from, instead of compiling packages here
TEXT
}

hostPackages="bison bzip2 cpio debian-archive-keyring e2fsprogs flex gcc libc6-dev make meson musl-tools ninja-build openssl pkg-config python3 python3-pip qemu-utils xz-utils"

requireTools() {
  local tool missing=
  [ "$(id -u)" = 0 ] || die "must run as root: it writes a root file system with owners"
  [ "$(uname -m)" = x86_64 ] || die "builds on x86_64 only; this machine is $(uname -m)"
  for tool in bison bzip2 cpio debugfs flex gcc make meson mke2fs musl-gcc ninja openssl pkg-config python3 qemu-img unshare xz; do
    command -v "$tool" >/dev/null || missing+=" $tool"
  done
  [ -z "$missing" ] || die "missing:$missing. Install: $hostPackages"
}

inputsHash() {
  hashOf "$imageDir" "$repoDir/guest/agent" "$repoDir/guest/stateless" "$repoDir/guest/shared" "$repoDir/guest/static" "$repoDir/package-lock.json" |
    sha256sum - <(printf '%s\n' "${VIGIL_ALPINE_BASE:-}" "${VIGIL_APK_REPOSITORY:-}") | sha256sum | cut -c 1-64
}

isCurrent() { [ "$(cat "$workDir/current/inputs" 2>/dev/null)" = "$1" ] && [ -s "$workDir/current/manifest.json" ]; }

publish() {
  local baking=$1 digest
  digest=$(sed -n 's/^  "sha256": "\(.*\)",$/\1/p' "$baking/manifest.json")
  # Machines may be starting from an equal image right now: its files are replaced one by one, never missing.
  mkdir -p "$workDir/$digest"
  mv -f "$baking"/* "$workDir/$digest/"
  rmdir "$baking"
  ln -sfn "$digest" "$workDir/current.new"
  mv -T "$workDir/current.new" "$workDir/current"
  say "image ${digest:0:12} is ready in $workDir/current ($(du -h "$workDir/current/vigil.qcow2" | cut -f 1))"
}

# prune keeps what the current image was made from and the two images before it, which machines may still be starting from.
prune() {
  local keep folder
  keep=" $(baseKey) $(toolchainKey) $(rootLayerKey) "
  [ -n "${VIGIL_APK_REPOSITORY:-}" ] || keep+="$(repositoryKey) $(for name in $(recipeNames); do basename "$(recipeResult "$name")"; done | tr '\n' ' ')"
  for folder in "$workDir"/{base,toolchain,layers,repository,packages}/*; do
    [[ ! -e $folder || $keep == *" ${folder##*/} "* ]] || rm -rf "$folder"
  done
  find "$workDir" -mindepth 1 -maxdepth 1 -type d -regex '.*/[0-9a-f]*' -printf '%T@ %p\n' | sort -rn | cut -d ' ' -f 2- |
    tail -n +4 | while IFS= read -r folder; do rm -rf "$folder"; done
}

main() {
  local inputs baking force=
  case ${1:-} in
    --help | -h) usage; return ;;
    --inputs) inputsHash; return ;;
    --host-packages) echo "$hostPackages"; return ;;
    --force) force=1 ;;
    '') ;;
    *) usage >&2; die "unknown argument '$1'" ;;
  esac
  inputs=$(inputsHash)
  if [ -z "$force" ] && isCurrent "$inputs"; then say "up to date"; return; fi
  requireTools
  mkdir -p "$downloadDir" "$workDir/logs"
  exec 9>"$workDir/lock"
  flock -n 9 || { say "waiting for another build"; flock 9; }
  if [ -z "$force" ] && isCurrent "$inputs"; then say "up to date"; return; fi

  baseKey >/dev/null
  export VIGIL_IMAGE_BASE_KEY
  prepareBase
  if [ -z "${VIGIL_APK_REPOSITORY:-}" ]; then
    fetchAll
    prepareToolchain
    buildPackages
    prepareRepository
  fi
  prepareRootLayer
  baking=$workDir/baking
  rm -rf "$baking"
  bakeImage "$baking"
  echo "$inputs" >"$baking/inputs"
  publish "$baking"
  prune
}

main "$@"
