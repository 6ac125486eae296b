# The checkout's npm packages, with @pulumi/libvirt compiled in sdks/libvirt.
# shellcheck shell=bash

npmTitle() { echo "npm packages"; }

npmStamp() { echo "$repoDir/node_modules/.vigil-stamp"; }

npmInputs() { cat "$repoDir"/package{,-lock}.json "$toolchainDir/steps/npm.sh" "$cacheDir/stamps/sdk" 2>/dev/null || true; }

npmPresent() { [ -s "$repoDir/sdks/libvirt/bin/index.js" ] && [ -x "$repoDir/node_modules/.bin/tsc" ]; }

npmRun() {
  cd "$repoDir" || return
  # What is there stays until it is replaced: a lock file that does not fit must not break a checkout that works.
  cmp --silent "$cacheDir/libvirt-sdk/package.json" sdks/libvirt/package.json || rm -rf sdks/libvirt
  mkdir -p sdks
  cp -rT "$cacheDir/libvirt-sdk" sdks/libvirt
  # No install scripts: those of the Pulumi packages would download plugins, which are in place already.
  npm ci --ignore-scripts --no-audit --no-fund
  node_modules/.bin/tsc --project sdks/libvirt
  # The SDK reads its own version from beside the compiled code.
  cp sdks/libvirt/package.json sdks/libvirt/bin/
}
