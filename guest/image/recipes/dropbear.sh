version=2025.89
source=dropbear
depends="musl zlib"
description="ssh server and client"
build() {
  # No password may ever open a door, and a guest has no use for X11 or agent forwarding.
  cat >localoptions.h <<'OPTIONS'
#define DROPBEAR_SVR_PASSWORD_AUTH 0
#define DROPBEAR_CLI_PASSWORD_AUTH 0
#define DROPBEAR_X11FWD 0
#define DROPBEAR_SVR_AGENTFWD 0
#define DROPBEAR_CLI_AGENTFWD 0
OPTIONS
  ./configure --prefix=/usr --sysconfdir=/etc --disable-harden --disable-lastlog --disable-wtmp --disable-utmp --disable-utmpx --disable-pututline
  make PROGRAMS="dropbear dbclient dropbearkey dropbearconvert" MULTI=1
  install -D dropbearmulti "$out/usr/sbin/dropbear"
  mkdir -p "$out/usr/bin" "$out/etc/dropbear"
  local program
  for program in dbclient dropbearkey dropbearconvert; do ln -s ../sbin/dropbear "$out/usr/bin/$program"; done
}
