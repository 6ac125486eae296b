# OpenTofu, which the bench replaces a machine by too: built from its Go module, with the checksums in toolchain/tofu.
# shellcheck shell=bash

tofuTitle() { echo "OpenTofu $tofuVersion, for the bench"; }

tofuInputs() { cat "$toolchainDir"/tofu/go.{mod,sum} "$toolchainDir/versions.sh" "$toolchainDir/steps/tofu.sh"; }

tofuPresent() { [ -x "$cacheDir/bin/tofu" ]; }

tofuRun() {
  local wanted
  wanted=$(sed -n 's/^go //p' "$toolchainDir/tofu/go.mod")
  (cd "$toolchainDir/tofu" && go list -m >/dev/null) ||
    fail "OpenTofu is built from its Go module, which takes Go $wanted or newer: install it and run this again, or leave tofu out of the bench by --methods"
  buildGo tofu github.com/opentofu/opentofu/cmd/tofu "$cacheDir/bin/tofu" "-X github.com/opentofu/opentofu/version.dev=no" ||
    fail "OpenTofu could not be built: see $log; it takes a Go module proxy that can be reached; put that right and run this again, or leave tofu out of the bench by --methods"
  TF_CLI_CONFIG_FILE=/dev/null CHECKPOINT_DISABLE=1 "$cacheDir/bin/tofu" version
}
