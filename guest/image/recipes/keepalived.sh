version=2.3.3
source=keepalived
needs=libnl3
depends="musl libcrypto3 libssl3"
description="VRRP and IPVS health checks"
build() {
  CPPFLAGS="$CPPFLAGS -I$libraries/include/libnl3" ./configure --prefix=/usr --sysconfdir=/etc --disable-nftables --disable-iptables --disable-dynamic-linking \
    --disable-checksum-compat --disable-systemd --with-init=SYSV
  make
  install -D bin/keepalived "$out/usr/sbin/keepalived"
  install -D bin/genhash "$out/usr/bin/genhash"
  install -d "$out/etc/keepalived"
}
