# What a recipe is, what its result depends on, and how its files become an Alpine package.
# shellcheck shell=bash disable=SC2034

loadRecipe() {
  version= source= needs= package=$1 depends= description= preInstall=
  # shellcheck source=/dev/null
  source "$imageDir/recipes/$1.sh"
}

# The key covers all that shapes the result: the recipe, its tarball's hash, its libraries' keys, the compiler and this code.
recipeKey() (
  loadRecipe "$1"
  keyOf "$(cat "$imageDir/recipes/$1.sh" "$imageDir/lib/buildRecipe.sh" "$imageDir/lib/recipes.sh")" \
    "$(grep "^${source:-none} " "$imageDir/sources.txt" || true)" "$(toolchainKey)" \
    "$(for need in $needs; do recipeKey "$need"; done)"
)

recipeResult() { echo "$workDir/packages/$1-$(recipeKey "$1")"; }

recipeNames() { find "$imageDir/recipes" -name '*.sh' -printf '%f\n' | sed 's/\.sh$//' | sort; }

# packRecipe NAME FOLDER FILE makes the Alpine package FILE from FOLDER with the recipe's metadata.
packRecipe() {
  local scripts=()
  [ -z "$preInstall" ] || {
    printf '#!/bin/sh\n%s\n' "$preInstall" >"$3.pre-install"
    scripts=(--script "pre-install:$3.pre-install")
  }
  find "$2" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  apk mkpkg --files "$2" --output "$3" "${scripts[@]}" --info "name:$package" --info "version:$version-r0" --info arch:x86_64 \
    --info "description:$description" --info "depends:$depends" --info "license:see-source" --info "origin:$1" --info url:vigil
  rm -f "$3.pre-install"
}
