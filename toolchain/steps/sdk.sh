# The sources of @pulumi/libvirt, generated from the provider's schema. The npm step compiles them.
# shellcheck shell=bash

sdkTitle() { echo "@pulumi/libvirt $libvirtVersion"; }

sdkInputs() { cat "$cacheDir/libvirt-schema.json" "$toolchainDir"/pulumi/{go.mod,generateSdk/main.go} "$toolchainDir/steps/sdk.sh" 2>/dev/null || true; }

sdkPresent() { [ -s "$cacheDir/libvirt-sdk/package.json" ]; }

sdkRun() {
  local new=$cacheDir/libvirt-sdk.new generator=$cacheDir/build/generateSdk
  rm -rf "$new"
  if [ "$(readlink -f "$cacheDir/bin/pulumi-language-nodejs")" != "$cacheDir/bin/pulumi-language-nodejs" ]; then
    pulumi package gen-sdk "$cacheDir/libvirt-schema.json" --language nodejs --local --out "$new.out"
    mv "$new.out/nodejs" "$new"
    rm -rf "$new.out"
  else
    requireGo "the SDK generator"
    buildGo pulumi ./generateSdk "$generator"
    "$generator" "$new" <"$cacheDir/libvirt-schema.json"
    rm "$generator"
  fi
  # One package.json whichever generator wrote it, so that the lock file fits; we compile, so no script and no compiler.
  jq '{name, version, description, main: "bin/index.js", dependencies: {"@pulumi/pulumi": .dependencies["@pulumi/pulumi"]}, pulumi}' \
    "$new/package.json" >"$new/package.json.new"
  mv "$new/package.json.new" "$new/package.json"
  rm -rf "$cacheDir/libvirt-sdk" "$new/scripts"
  mv "$new" "$cacheDir/libvirt-sdk"
}
