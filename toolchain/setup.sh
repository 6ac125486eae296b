#!/usr/bin/env bash
# Prepares a Debian or Ubuntu machine and this checkout: `make setup`, and the first part of `make demo` and `make test`.
set -euo pipefail
toolchainDir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repoDir=$(dirname "$toolchainDir")
cacheDir=${VIGIL_CACHE:-/var/cache/vigil}

source "$toolchainDir/versions.sh"
source "$toolchainDir/lib/step.sh"
source "$toolchainDir/lib/root.sh"
source "$toolchainDir/lib/go.sh"
allSteps=(packages node cli host plugins provider sdk npm image schemathesis tofu)
# What only the tests and the bench take, and no host: these run when they are asked for by name.
namedSteps=(schemathesis tofu)
for step in "${allSteps[@]}"; do
  # shellcheck source=/dev/null
  source "$toolchainDir/steps/$step.sh"
done

usage() {
  cat <<'TEXT'
usage: toolchain/setup.sh [--check] [--only STEP[,STEP]...] [--help]

Prepares this machine (Debian or Ubuntu, x86-64, root or sudo) and this checkout. Every step is skipped when its
result is there and its inputs have not changed.

  --check       say what is missing and change nothing; exit status 1 if anything is
  --only STEPS  run these steps only, in the order of this list; those for tests and bench run in no other way

What is built goes to $VIGIL_CACHE (default /var/cache/vigil); only sdks/ and node_modules/ are written here.
Official releases of Pulumi and of its plugins are used where they are installed or can be downloaded; where only
package registries can be reached, they are built from Go modules, which takes Go and about ten minutes.

Steps:
TEXT
  for step in "${allSteps[@]}"; do printf '  %-14s%s\n' "$step" "$("${step}Title")"; done
}

main() {
  local mode=run chosen=() steps=() step
  for step in "${allSteps[@]}"; do
    [[ " ${namedSteps[*]} " == *" $step "* ]] || chosen+=("$step")
  done
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage; return ;;
      --check) mode=check ;;
      --only)
        [ $# -ge 2 ] || refuse "--only needs the names of steps: --only node,npm"
        shift
        IFS=, read -ra chosen <<<"$1"
        ;;
      *) refuse "unknown argument '$1'; see toolchain/setup.sh --help" ;;
    esac
    shift
  done
  for step in "${chosen[@]}"; do
    [[ " ${allSteps[*]} " == *" $step "* ]] || refuse "there is no step '$step'; the steps are: ${allSteps[*]}"
  done
  for step in "${allSteps[@]}"; do
    [[ " ${chosen[*]} " == *" $step "* ]] && steps+=("$step")
  done
  # The caller's Node must not be found before the pinned one, and Pulumi must neither look for updates nor for plugins.
  export PATH="$cacheDir/bin:$PATH" PULUMI_HOME="$cacheDir/pulumi-home"
  export PULUMI_SKIP_UPDATE_CHECK=true PULUMI_DISABLE_REGISTRY_RESOLVE=true
  "${mode}Steps" "${steps[@]}"
}

main "$@"
