version=1.31
source=ipvsadm
needs="libnl3 popt"
depends="musl"
description="administration of the kernel's IPVS table"
build() {
  local flags="$CFLAGS $CPPFLAGS -I$libraries/include/libnl3 -fcommon"
  make -C libipvs libipvs.a CC=cc CFLAGS="$flags -DLIBIPVS_USE_NL"
  make ipvsadm CC=cc CFLAGS="$flags" LIBS="$LDFLAGS -lpopt -lnl-genl-3 -lnl-3"
  install -D ipvsadm "$out/sbin/ipvsadm"
}
