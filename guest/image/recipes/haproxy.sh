version=3.0.11
source=haproxy
depends="musl libcrypto3 libssl3"
description="TCP and HTTP load balancer"
preInstall='addgroup -S haproxy 2>/dev/null
adduser -S -D -H -h /var/lib/haproxy -s /sbin/nologin -G haproxy -g haproxy haproxy 2>/dev/null
exit 0'
build() {
  make TARGET=linux-musl USE_OPENSSL=1 USE_THREAD=1 USE_GETADDRINFO=1 USE_BACKTRACE= CC="cc" \
    OPT_CFLAGS="$CFLAGS" CPUFLAGS= ADDINC="$CPPFLAGS" ADDLIB="$LDFLAGS"
  install -D haproxy "$out/usr/sbin/haproxy"
  install -d "$out/etc/haproxy" "$out/var/lib/haproxy"
}
