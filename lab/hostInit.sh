#!/bin/sh
# The first process of a virtual host. It starts in the host's network namespace and in a fresh mount namespace,
# arranges what a real host would have in the same places, and stays as the host's service starter. What it mounts is
# private to the host and goes with its last process.
#
# LAB_HOST      the host's name
# LAB_CHECKOUT  the folder that becomes /opt/vigil
# LAB_CACHE     the toolchain's cache, which becomes /var/cache/vigil
# LAB_DISK      the host's own persistent folder
# LAB_RUN       the host's own /run
# LAB_KVM       "yes" if the host may use /dev/kvm
set -eu

mount --make-rprivate /
hostname "$LAB_HOST"

# A power cut empties /run, so every start of the host does.
rm -rf "$LAB_RUN"
mkdir -p "$LAB_RUN/lock" "$LAB_DISK/checkout/upper" "$LAB_DISK/checkout/work" "$LAB_DISK/tmp"
chmod 1777 "$LAB_DISK/tmp"

# Whatever runs on the host writes to the overlay; the checkout itself stays as it is.
mount -t overlay -o "lowerdir=$LAB_CHECKOUT,upperdir=$LAB_DISK/checkout/upper,workdir=$LAB_DISK/checkout/work" \
  overlay /opt/vigil
mount --bind "$LAB_CACHE" /var/cache/vigil
mount -o remount,bind,ro /var/cache/vigil

own() { # NAME PATH: puts the host's own folder NAME in place of PATH
  mkdir -p "$LAB_DISK/$1"
  mount --bind "$LAB_DISK/$1" "$2"
}
disk() { # NAME SIZE PATH: mounts the host's own file system NAME on PATH; its loop device goes with the last process
  image=$LAB_DISK/$1.ext4
  if [ ! -e "$image" ]; then
    truncate -s "$2" "$image.new"
    mkfs.ext4 -q -F -m 0 -E lazy_itable_init=1,lazy_journal_init=1,root_owner=0:0 "$image.new"
    mv "$image.new" "$image"
  fi
  mount -o loop "$image" "$3"
}
# Each can be full, or stand still, while the rest of the machine goes on.
disk state 4G /var/lib/vigil
mkdir -p /var/lib/vigil/pool
disk pool 8G /var/lib/vigil/pool
rmdir /var/lib/vigil/lost+found /var/lib/vigil/pool/lost+found 2>/dev/null || true

own libvirt-etc /etc/libvirt
own libvirt-lib /var/lib/libvirt
own libvirt-log /var/log/libvirt
own libvirt-cache /var/cache/libvirt
cp /opt/vigil/lab/libvirt/*.conf /etc/libvirt/

kvm_number=$(stat -c '%t %T' /dev/kvm 2>/dev/null || true)
mount -t tmpfs -o mode=755 dev /dev
mknod -m 666 /dev/null c 1 3
mknod -m 666 /dev/zero c 1 5
mknod -m 666 /dev/full c 1 7
mknod -m 666 /dev/random c 1 8
mknod -m 666 /dev/urandom c 1 9
mknod -m 666 /dev/tty c 5 0
mkdir /dev/net /dev/pts /dev/shm
mknod -m 666 /dev/net/tun c 10 200
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts /dev/pts
mount -t tmpfs -o mode=1777 shm /dev/shm
ln -s pts/ptmx /dev/ptmx
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr
if [ "$LAB_KVM" = yes ]; then
  # stat prints the numbers in hexadecimal.
  mknod -m 666 /dev/kvm c "0x${kvm_number% *}" "0x${kvm_number#* }"
fi

mount --bind "$LAB_DISK/tmp" /tmp
mount --bind "$LAB_RUN" /run

# Every process that loses its parent becomes a child of tini (-s makes it a subreaper), so it is reaped at once and not
# whenever the machine's own init finds the time: libvirt waits for that before it reports a dead domain.
exec tini -s -- sh /opt/vigil/lab/hostServices.sh
