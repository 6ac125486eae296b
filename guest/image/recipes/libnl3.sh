version=3.7.0
source=libnl3
package=
build() {
  ./configure --prefix="$out" --disable-shared --enable-static --disable-cli --disable-pthreads
  make
  make install
}
