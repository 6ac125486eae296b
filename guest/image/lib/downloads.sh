# Fetches what the image is made of through the machine's own package clients and checks every file against a recorded sha256.
# shellcheck shell=bash

checksum() { sha256sum "$1" | cut -c 1-64; }

# fetchAll brings everything that is pinned, so that what cannot be had is told before anything is compiled.
fetchAll() {
  local name
  while read -r name; do pypiFile "$name" >/dev/null; done < <(sed -n 's/==.*//p' "$imageDir/requirements.txt")
  while read -r name _; do sourceFile "$name" >/dev/null; done < <(grep -vE '^(#|suites |$)' "$imageDir/sources.txt")
}

# pypiFile NAME prints the path of the wheel that requirements.txt pins under NAME.
pypiFile() {
  local name=$1 pin version hash file
  pin=$(grep -E "^$name==" "$imageDir/requirements.txt") || die "requirements.txt pins no '$name'"
  version=$(sed -E 's/^[^=]*==([^ ]+).*/\1/' <<<"$pin")
  hash=${pin##*sha256:}
  for file in "$downloadDir/${name//-/_}-$version"-*.whl; do
    [ -f "$file" ] && [ "$(checksum "$file")" = "$hash" ] && echo "$file" && return
  done
  python3 -m pip --version >/dev/null 2>&1 || die "python3 has no pip; install python3-pip"
  say "downloading $name $version"
  # Wheels for musl and for an older glibc are asked for by name: they are unpacked here, never installed.
  logged "$workDir/logs/download-$name.log" python3 -m pip download --no-deps --require-hashes --only-binary :all: \
    --implementation cp --python-version 3.12 --platform manylinux_2_17_x86_64 --platform musllinux_1_2_x86_64 \
    --dest "$downloadDir" --requirement <(echo "$pin")
  for file in "$downloadDir/${name//-/_}-$version"-*.whl; do
    [ -f "$file" ] && [ "$(checksum "$file")" = "$hash" ] && echo "$file" && return
  done
  die "the package index gave no wheel of $name $version with sha256 $hash; pin what it offers in requirements.txt"
}

# sourceFile NAME prints the path of the Debian source tarball that sources.txt pins under NAME.
sourceFile() {
  local name=$1 version file hash uri
  read -r _ version file hash < <(grep -E "^$name " "$imageDir/sources.txt") || die "sources.txt pins no '$name'"
  if [ ! -f "$downloadDir/$file" ] || [ "$(checksum "$downloadDir/$file")" != "$hash" ]; then
    uri=$(sourceUri "$name" "$hash")
    [ -n "$uri" ] || die "no Debian suite in sources.txt lists $name $version ($file) any more; it now has: $(sourceVersions "$name"). Pin one of these there with its sha256."
    say "downloading $name $version"
    logged "$workDir/logs/download-$name.log" /usr/lib/apt/apt-helper download-file "$uri" "$downloadDir/$file.part" "SHA256:$hash"
    mv "$downloadDir/$file.part" "$downloadDir/$file"
  fi
  echo "$downloadDir/$file"
}

# sourceUri NAME SHA256 prints the address of that file on the machine's mirror, or nothing.
sourceUri() {
  local directory file
  refreshSourceLists
  read -r directory file < <(privateApt apt-cache showsrc "$1" 2>/dev/null | awk -v hash="$2" '
    /^Directory:/ { directory = $2 }
    $1 == hash { file = $3 }
    /^$/ { if (file != "") { print directory, file; exit } }') || true
  [ -z "${file:-}" ] || echo "$(debianMirror)/$directory/${file//+/%2b}"
}

sourceVersions() { privateApt apt-cache showsrc "$1" 2>/dev/null | awk '/^Version:/ { printf "%s%s", separator, $2; separator = ", " }'; }

# The machine's apt knows its mirror, proxy and certificates; only the list of suites is ours.
debianMirror() {
  local uri
  uri=${VIGIL_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null | head -n 1)}
  [ -n "$uri" ] || die "apt on this machine has no Debian mirror; set VIGIL_DEBIAN_MIRROR to one, or VIGIL_APK_REPOSITORY to an Alpine mirror"
  echo "${uri%/}"
}

privateApt() {
  local apt=$workDir/apt
  APT_CONFIG=$apt/apt.conf "$@"
}

refreshSourceLists() {
  local apt=$workDir/apt keyring=/usr/share/keyrings/debian-archive-keyring.gpg suite mirror suites
  suites=$(sed -n 's/^suites //p' "$imageDir/sources.txt")
  mirror=$(debianMirror)
  [ -z "$(find "$apt/done" -mmin -60 2>/dev/null)" ] || return 0
  [ -s "$keyring" ] || die "$keyring is missing; install debian-archive-keyring"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  for suite in $suites; do
    echo "deb-src [signed-by=$keyring] $mirror $suite main"
  done >"$apt/sources.list"
  cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt/cache";
CONF
  say "reading the source lists of Debian $suites"
  logged "$workDir/logs/apt-update.log" privateApt apt-get update
  touch "$apt/done"
}
