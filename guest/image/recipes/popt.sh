version=1.19
source=popt
package=
build() {
  ./configure --prefix="$out" --disable-shared --enable-static --disable-nls
  make -C src
  make -C src install
  make install-pkgconfigDATA
}
