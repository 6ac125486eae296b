# The Debian packages of toolchain/packages.txt and those that the image build asks for.
# shellcheck shell=bash

packagesTitle() { echo "system packages"; }

packagesSudo() { :; }

packagesWanted() {
  sed 's/#.*//' "$toolchainDir/packages.txt"
  "$repoDir/guest/image/build.sh" --host-packages | tr ' ' '\n'
  # The oldest npm that can install the pinned one will do.
  if [ ! -x "$cacheDir/bin/npm" ] && ! command -v npm >/dev/null; then echo npm; fi
}

packagesMissing() {
  comm -13 \
    <(dpkg-query --show --showformat '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^ii  *//p' | sort -u) \
    <(packagesWanted | awk 'NF { print $1 }' | sort -u)
}

packagesInputs() { packagesWanted; }

packagesPresent() { [ -z "$(packagesMissing)" ]; }

packagesRun() {
  local missing
  command -v apt-get >/dev/null ||
    fail "this machine has no apt-get: set-up knows Debian and Ubuntu only; elsewhere, install by hand what $toolchainDir/packages.txt names"
  mapfile -t missing < <(packagesMissing)
  [ ${#missing[@]} -gt 0 ] || return 0
  aptGet update || echo "the package lists could not be renewed; going on with the old ones"
  aptGet install --yes --no-install-recommends "${missing[@]}" ||
    fail "apt-get could not install ${missing[*]}: see $log, put that right, and run this again"
  how "installed ${#missing[@]}"
}

# Other programs may hold the lock of the package database for a while.
aptGet() { asRoot env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 "$@"; }
