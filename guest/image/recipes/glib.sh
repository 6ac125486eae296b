# Only the core library, for the guest agent. It is compiled static; gio and gobject are described by the project but never built.
version=2.74.6
source=glib2.0
needs=pcre2
package=
build() {
  # The project asks for libffi and zlib although only gobject and gio use them: an empty description satisfies it.
  local unused
  for unused in libffi zlib; do
    printf 'Name: %s\nDescription: unused\nVersion: 3.4.4\nLibs:\nCflags:\n' $unused >"$libraries/lib/pkgconfig/$unused.pc"
  done
  meson setup output --prefix="$out" --libdir=lib --default-library=static --buildtype=release -Dtests=false -Dnls=disabled \
    -Dselinux=disabled -Dxattr=false -Dlibmount=disabled -Dglib_debug=disabled -Dlibelf=disabled
  ninja -C output glib/libglib-2.0.a gthread/libgthread-2.0.a
  install -D -m 644 -t "$out/lib" output/glib/libglib-2.0.a output/gthread/libgthread-2.0.a
  install -D -m 644 -t "$out/lib/pkgconfig" output/meson-private/glib-2.0.pc output/meson-private/gthread-2.0.pc
  install -D -m 644 -t "$out/lib/glib-2.0/include" output/glib/glibconfig.h
  install -D -m 644 -t "$out/include/glib-2.0" glib/glib.h glib/glib-unix.h gmodule/gmodule.h
  find glib gmodule -name '*.h' -exec cp --parents -t "$out/include/glib-2.0" {} +
  (cd output && find glib gmodule -name '*.h' -exec cp --parents -t "$out/include/glib-2.0" {} +)
}
