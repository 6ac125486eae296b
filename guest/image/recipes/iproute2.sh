# Only ss: it lists sockets and, with -K, closes them; busybox has the rest that a guest needs.
version=6.1.0
source=iproute2
package=iproute2-ss
depends="musl"
description="socket statistics"
build() {
  ./configure
  make SUBDIRS="lib misc" CC=cc CCOPTS="$CFLAGS"
  install -D misc/ss "$out/usr/sbin/ss"
}
