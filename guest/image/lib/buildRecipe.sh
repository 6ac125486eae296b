#!/usr/bin/env bash
# buildRecipe.sh NAME compiles recipes/NAME.sh, unless its result is there already.
# A recipe sets: version, source (a name in sources.txt, or empty), needs (recipes whose static libraries it links),
# package (empty for a library that only others link), depends, description; and defines build(), which runs in
# the unpacked source, finds those libraries in $libraries and puts files into $out.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source "$imageDir/lib/downloads.sh"
source "$imageDir/lib/base.sh"
source "$imageDir/lib/recipes.sh"

name=$1
loadRecipe "$name"
result=$workDir/packages/$name-$(recipeKey "$name")
[ ! -e "$result" ] || exit 0

say "$name $version: building"
began=$(date +%s)
buildDir=$workDir/build/$name
rm -rf "$buildDir"
mkdir -p "$workDir/packages" "$buildDir/source" "$buildDir/out" "$buildDir/libraries"
for need in $needs; do cp -r "$(recipeResult "$need")/." "$buildDir/libraries/"; done
find "$buildDir/libraries" -name '*.pc' -exec sed -i "s|^prefix=.*|prefix=$buildDir/libraries|" {} +
[ -z "$source" ] || tar -x -f "$(sourceFile "$source")" -C "$buildDir/source" --strip-components 1 --no-same-owner

toolchain=$workDir/toolchain/$(toolchainKey)
libraries=$buildDir/libraries
out=$buildDir/out
export PATH=$toolchain/bin:$PATH CC=cc
export PKG_CONFIG_LIBDIR=$libraries/lib/pkgconfig PKG_CONFIG_PATH=
export CPPFLAGS="-I$libraries/include" LDFLAGS="-L$libraries/lib"
export CFLAGS="-O2 -ffile-prefix-map=$buildDir=." MAKEFLAGS="-j$(nproc)"
compile() {
  set -e
  cd "$buildDir/source"
  build
}
logged "$workDir/logs/build-$name.log" compile

if [ -n "$package" ]; then
  find "$out" -type f -exec strip --strip-unneeded {} + 2>/dev/null || true
  packRecipe "$name" "$out" "$result.part"
else
  rm -rf "$result.part"
  mv "$out" "$result.part"
fi
mv "$result.part" "$result"
rm -rf "$buildDir"
say "$name $version: built in $(($(date +%s) - began)) s"
