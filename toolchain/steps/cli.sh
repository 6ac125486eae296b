# The Pulumi CLI: an installed one, else the official download, else built from its Go module.
# shellcheck shell=bash

cliTitle() { echo "Pulumi CLI $pulumiVersion"; }

cliInputs() { cat "$toolchainDir"/pulumi/{go.mod,go.sum,package-lock.json,download.mjs} "$toolchainDir/steps/cli.sh"; }

cliPresent() { [ -x "$cacheDir/bin/pulumi" ]; }

cliRun() {
  local installed
  if installed=$(cliInstalled); then
    ln -sfn "$installed" "$cacheDir/bin/pulumi"
    how "uses the installed $installed"
  elif cliDownload; then
    ln -sfn ../pulumi/bin/pulumi "$cacheDir/bin/pulumi"
    how "downloaded"
  else
    requireGo "the Pulumi CLI"
    # A link of an earlier run must not be written through.
    rm -f "$cacheDir/bin/pulumi"
    buildGo pulumi github.com/pulumi/pulumi/pkg/v3/cmd/pulumi "$cacheDir/bin/pulumi" \
      "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$pulumiVersion"
    how "built from Go modules"
  fi
  "$cacheDir/bin/pulumi" version
}

# An installed pulumi of the same major version that is not older than ours.
cliInstalled() {
  local path version
  path=$(PATH=$(pathWithoutCache) command -v pulumi) || return 1
  version=$("$path" version | sed 's/^v//')
  [ "${version%%.*}" = "${pulumiVersion%%.*}" ] || return 1
  [ "$(printf '%s\n' "$pulumiVersion" "$version" | sort -V | head -n 1)" = "$pulumiVersion" ] || return 1
  readlink -f "$path"
}

# The SDK knows where the official releases lie. Where it cannot reach them it fails at once.
cliDownload() (
  folder=$(mktemp -d) && cd "$folder" || return
  trap 'rm -rf "$folder"' EXIT
  cp "$toolchainDir"/pulumi/{package.json,package-lock.json,download.mjs} . &&
    npm ci --ignore-scripts --no-audit --no-fund &&
    timeout 300 node download.mjs "$pulumiVersion" "$cacheDir/pulumi"
)

pathWithoutCache() { tr ':' '\n' <<<"$PATH" | grep --invert-match --line-regexp --fixed-strings "$cacheDir/bin" | paste -sd :; }
