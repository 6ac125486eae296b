version=10.46
source=pcre2
package=
build() {
  ./configure --prefix="$out" --disable-shared --enable-static --enable-jit
  make libpcre2-8.la libpcre2-posix.la
  make install-libLTLIBRARIES install-nodist_includeHEADERS install-includeHEADERS install-pkgconfigDATA
}
