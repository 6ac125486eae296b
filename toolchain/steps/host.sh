# The Node.js language host: the official one next to the CLI, or the one in toolchain/languageHost.
# shellcheck shell=bash

hostTitle() { echo "Node.js language host"; }

hostInputs() {
  cat "$toolchainDir/languageHost/main.ts" "$toolchainDir/steps/host.sh"
  # Another CLI may bring another host.
  readlink -f "$cacheDir/bin/pulumi" || true
}

hostPresent() { [ -x "$cacheDir/bin/pulumi-language-nodejs" ]; }

hostRun() {
  local official wrapper=$cacheDir/bin/pulumi-language-nodejs
  rm -f "$wrapper"
  if official=$(officialHost); then
    ln -s "$official" "$wrapper"
    how "uses $official"
    return
  fi
  # A copy, so that the cache serves any checkout. The folder makes Node read it as a module.
  mkdir -p "$cacheDir/languageHost"
  cp "$toolchainDir/languageHost/main.ts" "$cacheDir/languageHost/"
  echo '{ "type": "module" }' >"$cacheDir/languageHost/package.json"
  cat >"$wrapper" <<'SCRIPT'
#!/bin/sh
# Runs the language host with the pinned Node, and keeps what Node compiles: that halves the time of a preview.
cache=$(dirname "$(dirname "$(readlink -f "$0")")")
: "${NODE_COMPILE_CACHE:=$cache/compile-cache}"
export NODE_COMPILE_CACHE
exec "$cache/bin/node" "$cache/languageHost/main.ts" "$@"
SCRIPT
  chmod +x "$wrapper"
  how "our own"
}

officialHost() {
  local beside
  beside=$(dirname "$(readlink -f "$cacheDir/bin/pulumi")")/pulumi-language-nodejs
  if [ "$beside" != "$cacheDir/bin/pulumi-language-nodejs" ] && [ -x "$beside" ]; then echo "$beside"; else
    PATH=$(pathWithoutCache) command -v pulumi-language-nodejs
  fi
}
