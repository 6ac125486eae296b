# The resource plugins: official downloads, else built. command and random are then our own stand-ins.
# shellcheck shell=bash

pluginsTitle() { echo "Pulumi plugins"; }

pluginsInputs() {
  cat "$toolchainDir"/{plugins,bridge}/go.{mod,sum} "$toolchainDir"/plugins/*/*.go "$toolchainDir/versions.sh" "$toolchainDir/steps/plugins.sh"
  find "$toolchainDir/bridge/stubs" -type f -exec cat {} +
}

pluginsPresent() {
  pluginIs terraform-provider "$bridgeVersion" && pluginIs command "$commandVersion" && pluginIs random "$randomVersion"
}

pluginIs() { [ -x "$PULUMI_HOME/plugins/resource-$1-v$2/pulumi-resource-$1" ]; }

pluginsRun() {
  # The smallest goes first: if it can be downloaded, so can the others, and they get more time.
  if downloadPlugin command "$commandVersion" 30; then
    downloadPlugin random "$randomVersion" 300 || fail "the official random plugin could not be downloaded: see $log, and run this again"
    downloadPlugin terraform-provider "$bridgeVersion" 600 || fail "the official terraform-provider plugin could not be downloaded: see $log, and run this again"
    how "downloaded"
    return
  fi
  requireGo "the plugins of Pulumi"
  buildPlugin plugins ./command command "$commandVersion"
  buildPlugin plugins ./random random "$randomVersion"
  buildPlugin bridge github.com/pulumi/pulumi-terraform-bridge/v3/dynamic terraform-provider "$bridgeVersion" \
    "-X github.com/pulumi/pulumi-terraform-bridge/v3/dynamic/version.version=v$bridgeVersion -X google.golang.org/protobuf/reflect/protoregistry.conflictPolicy=ignore"
  how "built from Go modules"
}

# downloadPlugin NAME VERSION SECONDS
downloadPlugin() { timeout "$3" pulumi plugin install resource "$1" "$2" --reinstall; }

# buildPlugin MODULE-FOLDER PACKAGE NAME VERSION [LINKER-FLAGS]
buildPlugin() {
  local binary=$cacheDir/build/pulumi-resource-$3
  buildGo "$1" "$2" "$binary" "${5:-}"
  pulumi plugin install resource "$3" "$4" --file "$binary" --reinstall
  rm "$binary"
}
