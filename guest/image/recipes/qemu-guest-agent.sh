version=7.2.0
source=qemu
needs="glib pcre2"
depends="musl"
description="guest side of the hypervisor's agent channel"
build() {
  ./configure --cc=cc --host-cc=gcc --without-default-features --disable-system --disable-user --disable-tools --disable-docs \
    --enable-guest-agent --disable-install-blobs --target-list=
  ninja -C build qga/qemu-ga
  install -D build/qga/qemu-ga "$out/usr/bin/qemu-ga"
}
