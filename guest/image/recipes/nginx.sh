version=1.26.3
source=nginx
needs=pcre2
depends="musl libcrypto3 libssl3 zlib"
description="HTTP server and reverse proxy"
preInstall='addgroup -S -g 82 www-data 2>/dev/null
addgroup -S nginx 2>/dev/null
adduser -S -D -H -h /var/lib/nginx -s /sbin/nologin -G nginx -g nginx nginx 2>/dev/null
exit 0'
build() {
  ./configure --prefix=/var/lib/nginx --sbin-path=/usr/sbin/nginx --modules-path=/usr/lib/nginx/modules \
    --conf-path=/etc/nginx/nginx.conf --pid-path=/run/nginx/nginx.pid --lock-path=/run/nginx/nginx.lock \
    --error-log-path=/var/log/nginx/error.log --http-log-path=/var/log/nginx/access.log \
    --http-client-body-temp-path=/var/lib/nginx/tmp/client_body --http-proxy-temp-path=/var/lib/nginx/tmp/proxy \
    --http-fastcgi-temp-path=/var/lib/nginx/tmp/fastcgi --http-uwsgi-temp-path=/var/lib/nginx/tmp/uwsgi \
    --http-scgi-temp-path=/var/lib/nginx/tmp/scgi --user=nginx --group=nginx --with-threads --with-file-aio \
    --with-http_ssl_module --with-http_v2_module --with-http_realip_module --with-http_stub_status_module \
    --with-http_gzip_static_module --with-http_auth_request_module --with-stream --with-stream_ssl_module \
    --with-stream_realip_module --with-pcre-jit --with-cc=cc --with-cc-opt="$CFLAGS $CPPFLAGS" --with-ld-opt="$LDFLAGS"
  make
  install -D objs/nginx "$out/usr/sbin/nginx"
  install -D -m 644 conf/mime.types "$out/etc/nginx/mime.types"
  install -d "$out/etc/nginx/http.d" "$out/var/log/nginx" "$out/var/lib/nginx/html"
  install -d -m 700 "$out/var/lib/nginx/tmp"
}
