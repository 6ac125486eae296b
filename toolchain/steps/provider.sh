# The libvirt provider that the terraform-provider plugin runs, and its schema.
# shellcheck shell=bash

providerTitle() { echo "libvirt provider $libvirtVersion"; }

providerInputs() { cat "$toolchainDir"/libvirtProvider/go.{mod,sum} "$toolchainDir/versions.sh" "$toolchainDir/steps/provider.sh"; }

providerPresent() { [ -s "$cacheDir/libvirt-schema.json" ] && providerInstalled; }

providerInstalled() { compgen -G "$PULUMI_HOME/dynamic_tf_plugins/*/dmacvicar/libvirt/$libvirtVersion/*/*" >/dev/null; }

providerRun() {
  if providerInstalled; then
    how "found"
  elif writeSchema; then
    # The plugin downloads the provider itself where it can.
    how "downloaded"
    return
  else
    buildProvider
    how "built from Go modules"
  fi
  writeSchema
}

buildProvider() {
  local folder
  requireGo "the libvirt provider"
  folder=$PULUMI_HOME/$(cd "$toolchainDir/bridge" && go run -mod=readonly ./providerFolder dmacvicar libvirt "$libvirtVersion")
  mkdir -p "$folder"
  buildGo libvirtProvider github.com/dmacvicar/terraform-provider-libvirt "$folder/terraform-provider-libvirt_v$libvirtVersion"     "-X main.version=$libvirtVersion"
}

writeSchema() {
  timeout 300 pulumi package get-schema "terraform-provider@$bridgeVersion" -- dmacvicar/libvirt "$libvirtVersion" \
    >"$cacheDir/libvirt-schema.json.new" || return
  mv "$cacheDir/libvirt-schema.json.new" "$cacheDir/libvirt-schema.json"
}
