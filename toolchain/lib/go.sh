# Building from Go modules, for machines that reach package registries only.
# shellcheck shell=bash

# Go 1.21 and newer fetch the toolchain that a go.mod asks for, unless GOTOOLCHAIN forbids it.
requireGo() {
  local wanted
  wanted=$(sed -n 's/^go //p' "$toolchainDir/pulumi/go.mod")
  command -v go >/dev/null ||
    fail "$1 cannot be downloaded from here, and there is no Go to build it with: install Go $wanted or newer, or Pulumi $pulumiVersion with its plugins, and run this again"
  (cd "$toolchainDir/pulumi" && go list -m >/dev/null) ||
    fail "$1 cannot be downloaded from here, and $(go version | cut -d ' ' -f 3) is too old to build it with: install Go $wanted or newer, and run this again"
}

# buildGo MODULE-FOLDER PACKAGE OUTPUT [LINKER-FLAGS]: static, without debug data, and moved into place when complete.
# Go names each package that it compiles, which is what a waiting person sees.
buildGo() {
  local output=$3
  echo "compiling $2"
  mkdir -p "$(dirname "$output")"
  (cd "$toolchainDir/$1" &&
    GOFLAGS=-mod=readonly CGO_ENABLED=0 nice -n 5 \
      go build -v -trimpath -buildvcs=false -ldflags "-s -w ${4:-}" -o "$output.new" "$2")
  mv "$output.new" "$output"
}
