# Schemathesis, which holds the healer's API to its document, from Python packages pinned in toolchain/schemathesis.
# shellcheck shell=bash

schemathesisTitle() { sed 's/.*==\(.*\)/Schemathesis \1, for tests/' "$toolchainDir/schemathesis/requirements.in"; }

schemathesisInputs() {
  cat "$toolchainDir/schemathesis/requirements.txt" "$toolchainDir/steps/schemathesis.sh"
  # A machine with another Python needs other packages.
  python3 --version 2>&1 || true
}

schemathesisPresent() { [ -x "$cacheDir/bin/schemathesis" ]; }

schemathesisRun() {
  local folder=$cacheDir/schemathesis
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "Schemathesis needs Python 3.11 or newer, and python3 is $(python3 --version 2>&1 || true): install one, put it first on PATH, and run this again"
  # Scripts name the folder that they were installed in, so that it cannot be moved into place.
  rm -rf "$folder"
  python3 -m venv "$folder" ||
    fail "python3 cannot make an environment of its own: install the package python3-venv, and run this again"
  # Nothing is built, so that no code of a package runs here.
  "$folder/bin/pip" install --no-input --disable-pip-version-check --require-hashes --only-binary :all: \
    --requirement "$toolchainDir/schemathesis/requirements.txt" ||
    fail "Schemathesis could not be installed: see $log; pip needs a Python package index that it can reach, or a folder of wheels (PIP_FIND_LINKS); put that right, and run this again"
  ln -sfn ../schemathesis/bin/schemathesis "$cacheDir/bin/schemathesis"
  "$cacheDir/bin/schemathesis" --version
}
