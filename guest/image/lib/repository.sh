# The signed local repository: what an online bake takes from Alpine's mirror.
# shellcheck shell=bash

repositoryKey() { for name in $(recipeNames); do recipeKey "$name"; done | sha256sum | cut -c 1-16; }

# buildPackages compiles every recipe that is out of date, libraries before what links them.
buildPackages() {
  local name libraries=() programs=()
  for name in $(recipeNames); do
    loadRecipe "$name"
    if [ -z "$package" ] && [ -z "$needs" ]; then libraries+=("$name"); else programs+=("$name"); fi
  done
  runRecipes "${libraries[@]}"
  runRecipes glib
  runRecipes "${programs[@]}"
}

runRecipes() { printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 "$imageDir/lib/buildRecipe.sh" || die "a package could not be built (see above)"; }

# prepareRepository puts the packages and their signed index where apk expects them.
prepareRepository() {
  local target=$workDir/repository/$(repositoryKey) name
  [ ! -d "$target" ] || return 0
  say "signing the package index"
  rm -rf "$target.part"
  mkdir -p "$target.part/x86_64" "$target.part/keys" "$target.part/private"
  (umask 077 && openssl genrsa -out "$target.part/private/vigil.rsa" 4096 2>/dev/null)
  openssl rsa -in "$target.part/private/vigil.rsa" -pubout -out "$target.part/keys/vigil.rsa.pub" 2>/dev/null
  for name in $(recipeNames); do
    loadRecipe "$name"
    [ -n "$package" ] || continue
    cp "$(recipeResult "$name")" "$target.part/x86_64/$package-$version-r0.apk"
  done
  apk mkndx --allow-untrusted --quiet --sign-key "$target.part/private/vigil.rsa" --output "$target.part/x86_64/APKINDEX.tar.gz" "$target.part/x86_64/"*.apk
  # The key has done its work: nothing else may ever be signed with it.
  rm -rf "$target.part/private"
  mv "$target.part" "$target"
}
