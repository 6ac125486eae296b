# Runs the steps of set-up. A step NAME is four functions: NAMETitle prints what it provides, NAMEInputs prints whatever
# its result depends on, NAMEPresent tells cheaply whether the result is still there, NAMERun makes it. NAMEStamp, if
# there is one, prints where the key of the last run is kept: steps that write into the checkout keep it there.
# shellcheck shell=bash

heartbeatS=20

say() { printf '[setup] %s\n' "$*"; }

# A mistake in how set-up was called.
refuse() {
  printf 'setup: %s\n' "$*" >&2
  exit 2
}

# Ends a step with the one sentence that a person needs.
fail() {
  printf '%s\n' "$*" >"$failureFile"
  exit 1
}

stampOf() { if declare -F "${1}Stamp" >/dev/null; then "${1}Stamp"; else echo "$cacheDir/stamps/$1"; fi; }

keyOf() { "${1}Inputs" | sha256sum | cut -c 1-16; }

upToDate() { "${1}Present" && [ "$(cat "$(stampOf "$1")" 2>/dev/null)" = "$(keyOf "$1")" ]; }

checkSteps() {
  local step missing=0
  for step in "$@"; do
    if upToDate "$step"; then say "$("${step}Title"): up to date"; else
      say "$("${step}Title"): to do"
      missing=1
    fi
  done
  return "$missing"
}

runSteps() {
  local step startedAtMs did=0
  startedAtMs=$(nowMs)
  makeOwnFolder "$cacheDir"
  mkdir -p "$cacheDir"/{bin,logs,stamps,pulumi-home}
  exec {lock}>"$cacheDir/setup.lock"
  if ! flock --nonblock "$lock"; then
    say "another set-up is at work on $cacheDir; waiting for it"
    flock "$lock"
  fi
  trap endStep EXIT
  trap 'exit 130' INT TERM
  for step in "$@"; do
    upToDate "$step" && continue
    did=1
    runStep "$step"
  done
  if [ "$did" = 0 ]; then say "up to date ($(elapsedSince "$startedAtMs"))"; else say "done ($(elapsedSince "$startedAtMs"))"; fi
}

# Runs one step in a process group of its own, so that an interrupted set-up leaves no compiler behind.
runStep() {
  local step=$1 title stamp beganAtMs status=0
  title=$("${step}Title")
  stamp=$(stampOf "$step")
  log=$cacheDir/logs/$step.log
  failureFile=$cacheDir/logs/$step.failure
  howFile=$cacheDir/logs/$step.how
  rm -f "$failureFile" "$howFile"
  if declare -F "${step}Sudo" >/dev/null; then askForRoot; fi
  beganAtMs=$(nowMs)
  say "$title ..."
  set -m
  (
    set -euo pipefail
    "${step}Run"
  ) >"$log" 2>&1 </dev/null {lock}>&- &
  stepPid=$!
  set +m
  waitWithHeartbeat "$title" "$beganAtMs" || status=$?
  stepPid=
  if [ "$status" != 0 ]; then
    tellFailure "$title"
    exit 1
  fi
  mkdir -p "$(dirname "$stamp")"
  keyOf "$step" >"$stamp"
  say "$title: $(cat "$howFile" 2>/dev/null || echo done) ($(elapsedSince "$beganAtMs"))"
}

# A step may say in a few words which way it went.
how() { printf '%s\n' "$*" >"$howFile"; }

waitWithHeartbeat() {
  local title=$1 beganAtMs=$2 ticks=0
  while kill -0 "$stepPid" 2>/dev/null; do
    sleep 0.2
    ticks=$((ticks + 1))
    if [ $((ticks % (heartbeatS * 5))) = 0 ]; then say "$title ... $(elapsedSince "$beganAtMs"): $(lastWords)"; fi
  done
  wait "$stepPid"
}

lastWords() { tail -n 1 "$log" | tr -d '\r' | cut -c 1-100; }

tellFailure() {
  if [ -s "$failureFile" ]; then
    say "$1: failed"
    printf 'setup: %s\n' "$(cat "$failureFile")" >&2
  else
    tail -n 25 "$log" >&2
    printf 'setup: %s failed as above; the whole output is in %s\n' "$1" "$log" >&2
  fi
}

endStep() {
  if [ -n "${stepPid:-}" ]; then kill -TERM -- "-$stepPid" 2>/dev/null || true; fi
}

nowMs() { echo "${EPOCHREALTIME/[.,]/}" | cut -c 1-13; }

elapsedSince() {
  local ms=$(($(nowMs) - $1))
  if [ "$ms" -lt 10000 ]; then printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100)); else printf '%d s' $((ms / 1000)); fi
}
