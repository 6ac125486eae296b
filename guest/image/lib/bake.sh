# From the base and the packages to the three files that a virtual machine boots from.
# shellcheck shell=bash

packageNames() { grep -vE '^(#|$)' "$imageDir/packages.txt"; }

rootLayerKey() { keyOf "$(baseKey)" "$(packageSourceKey)" "$(cat "$imageDir/packages.txt" "$imageDir/lib/bake.sh")"; }

packageSourceKey() { if [ -n "${VIGIL_APK_REPOSITORY:-}" ]; then echo "$VIGIL_APK_REPOSITORY"; else repositoryKey; fi; }

# prepareRootLayer leaves base plus packages, without what a guest has no use for, in layers/<key>.
prepareRootLayer() {
  local target=$workDir/layers/$(rootLayerKey) root repository keys
  [ ! -d "$target" ] || return 0
  say "adding $(packageNames | wc -l) packages to the base"
  rm -rf "$target.part"
  mkdir -p "$target.part"
  root=$target.part/root
  cp -a "$workDir/base/$(baseKey)" "$root"
  repository=${VIGIL_APK_REPOSITORY:-$workDir/repository/$(repositoryKey)}
  keys=$target.part/keys
  cp -r "$root/etc/apk/keys" "$keys"
  if [ -z "${VIGIL_APK_REPOSITORY:-}" ]; then cp "$repository/keys/"* "$keys/"; fi
  : >"$root/etc/apk/repositories"
  # shellcheck disable=SC2046
  logged "$workDir/logs/apk-add.log" apk --root "$root" --keys-dir "$keys" --repository "$repository" --no-cache --force-missing-repositories \
    add $(packageNames)
  # shellcheck disable=SC2046
  logged "$workDir/logs/apk-del.log" apk --root "$root" --no-network --repositories-file /dev/null del $(unwantedPackages "$root")
  # The wheel's base also brings a user, a guest agent and a name service of its own.
  rm -rf "$root"/{.dockerenv,boot/initramfs-virt,home/quicksand,usr/lib/quicksand*} \
    "$root"/etc/{dhcpcd.conf,group-,passwd-,shadow-,modules,resolv.conf.quicksand,sudo.conf,sudo_logsrvd.conf,sudoers,sudoers.d}
  sed -i '/^quicksand:/d' "$root"/etc/{passwd,group,shadow}
  mv "$root" "$target"
  rm -rf "$target.part"
}

# What the base brings and a guest of ours never uses, as far as it is installed.
unwantedPackages() {
  local name
  for name in dhcpcd sudo cloud-utils-growpart curl musl-utils e2fsprogs-extra; do
    if grep -qx "P:$name" "$1/lib/apk/db/installed" "$1/usr/lib/apk/db/installed" 2>/dev/null; then echo "$name"; fi
  done
}

# copyGuestFiles adds what the agent runs and what the two web servers show.
copyGuestFiles() {
  local script swagger=$repoDir/node_modules/swagger-ui-dist
  for script in "$repoDir"/guest/agent/*.sh; do install -D -m 755 -t "$1/usr/lib/vigil" "$script"; done
  mkdir -p "$1/usr/share/vigil"
  cp -r --no-preserve=ownership "$repoDir/guest/static/." "$1/usr/share/vigil/"
  install -D -m 644 -t "$1/usr/share/vigil/swagger-ui" "$swagger"/{swagger-ui.css,swagger-ui-bundle.js,favicon-32x32.png}
}

# bundlePrograms puts the agent and the sample service, one file each, into FOLDER. They become CommonJS, which Node
# starts 0.7 s sooner than an ES module on an emulated core.
bundlePrograms() {
  local name esbuild=$repoDir/node_modules/@esbuild/linux-x64/bin/esbuild
  mkdir -p "$1"
  for name in agent stateless; do
    [ -x "$esbuild" ] || die "esbuild is missing from $repoDir/node_modules; run npm ci there first"
    logged "$workDir/logs/bundle-$name.log" "$esbuild" "$repoDir/guest/$name/main.ts" --bundle --platform=node --format=cjs \
      --target=node24 --legal-comments=none --log-override:empty-import-meta=error --outfile="$1/$name.cjs" \
      --define:import.meta.dirname=__dirname --define:import.meta.filename=__filename --define:import.meta.url=vigilModuleUrl \
      --banner:js='const vigilModuleUrl = require("node:url").pathToFileURL(__filename).href;'
  done
}

# bakeImage makes the image folder FOLDER.
bakeImage() {
  local target=$1 root=$1/root version kernel
  say "assembling the root file system"
  mkdir -p "$target"
  cp -a "$workDir/layers/$(rootLayerKey)" "$root"
  version=$(find "$root/lib/modules" -mindepth 1 -maxdepth 1 -printf '%f\n' | head -n 1)
  kernel=$root/boot/vmlinuz-virt
  "$imageDir/lib/extractKernel.py" "$kernel" "$target/vmlinux"
  buildInitrd "$root" "$version" "$target/initrd"
  rm -rf "$root/boot"

  cp -r --no-preserve=ownership "$imageDir/rootfs/." "$root/"
  copyGuestFiles "$root"
  bundlePrograms "$root/usr/lib/vigil"
  sed -i 's/^root:[^:]*:/root:*:/' "$root/etc/shadow"
  writeRelease "$root" "$version"
  setRunlevels "$root"
  keepServices "$root"
  cacheDependencies "$root"

  say "writing the image"
  writeImage "$root" "$target"
  writeManifest "$root" "$version" "$target"
  rm -rf "$root"
}

writeRelease() {
  {
    echo "alpine $(cat "$1/etc/alpine-release")"
    echo "kernel $2"
    installedPackages "$1"
  } >"$1/etc/vigil-release"
}

installedPackages() {
  awk -F: '/^P:/ { name = $2 } /^V:/ { print name, $2 }' "$(installedDatabase "$1")" | sort
}

installedDatabase() { find "$1/lib/apk/db/installed" "$1/usr/lib/apk/db/installed" 2>/dev/null | head -n 1; }

# setRunlevels names exactly the services that run, whatever the base had.
setRunlevels() {
  local level service
  rm -rf "$1/etc/runlevels"
  while read -r level service; do
    mkdir -p "$1/etc/runlevels/$level"
    [ -z "$service" ] || [ -x "$1/etc/init.d/$service" ] || die "runlevels.txt names the service '$service', which the image does not have"
    [ -z "$service" ] || ln -s "/etc/init.d/$service" "$1/etc/runlevels/$level/$service"
  done < <(grep -vE '^(#|$)' "$imageDir/runlevels.txt")
}

# keepServices removes the scripts of services that never run here: every step of OpenRC reads the dependencies of all.
keepServices() {
  local script
  for script in "$1"/etc/init.d/*; do
    script=${script##*/}
    grep -qE "^[a-z]+ $script\$" "$imageDir/runlevels.txt" || [ "$script" = functions.sh ] || rm -f "$1/etc/init.d/$script" "$1/etc/conf.d/$script"
  done
  rm -f "$1"/etc/network/if-*.d/*
  # OpenRC does without this file; with it, each service looks for control groups, which are not mounted here.
  rm "$1/usr/libexec/rc/sh/rc-cgroup.sh"
}

# OpenRC rebuilds its dependency tree at boot when any of its files is newer: it is made here once, last.
cacheDependencies() {
  inRoot "$1" /bin/sh -c 'mkdir -p /run/openrc && rc-update -u >/dev/null 2>&1 && mkdir -p /var/cache/rc && cp -p /run/openrc/deptree /run/openrc/depconfig /var/cache/rc/ 2>/dev/null; ls /run/openrc' >/dev/null
  [ -s "$1/var/cache/rc/deptree" ] || die "OpenRC made no dependency tree"
}

# inRoot ROOT COMMAND... runs a command inside the tree, without a network, with mounts that vanish with it.
inRoot() {
  unshare --mount --net --fork --kill-child sh -euc '
    root=$1; shift
    mount --make-rprivate /
    mount -t tmpfs tmpfs "$root/run"
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    exec chroot "$root" "$@"' inRoot "$@"
}

# writeImage makes the disk such that equal files give an equal image: its digest names the version that machines run.
writeImage() {
  local root=$1 target=$2
  rm -rf "$root/tmp/"* "$root/run/"* "$root/var/log/"*.log
  find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  truncate -s 1G "$target/raw"
  E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH mke2fs -q -t ext4 -L vigil -U 5ab0f5b4-8a6c-4d3f-8a86-0d3bd1c5a001 -m 1 \
    -E hash_seed=5ab0f5b4-8a6c-4d3f-8a86-0d3bd1c5a002,lazy_itable_init=1,root_owner=0:0 -d "$root" "$target/raw"
  # mke2fs copies the times of the build into the inodes.
  dumpe2fs -h "$target/raw" 2>/dev/null |
    awk -F : -v time="@$SOURCE_DATE_EPOCH" '/^Inode count/ { count = $2 } /^Free inodes/ { free = $2 }
      END { for (i = 2; i <= count - free; i++) print "sif <" i "> atime " time "\nsif <" i "> ctime " time "\nsif <" i "> crtime " time }' >"$target/times"
  E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH debugfs -w -f "$target/times" "$target/raw" >/dev/null 2>&1
  rm "$target/times"
  qemu-img convert -c -o compression_type=zstd -O qcow2 -m "$(nproc)" "$target/raw" "$target/vigil.qcow2"
  rm "$target/raw"
}

writeManifest() {
  local root=$1 version=$2 target=$3
  {
    printf '{\n  "sha256": "%s",\n  "kernelSha256": "%s",\n  "initrdSha256": "%s",\n' \
      "$(checksum "$target/vigil.qcow2")" "$(checksum "$target/vmlinux")" "$(checksum "$target/initrd")"
    printf '  "alpine": "%s",\n  "kernel": "%s",\n  "cmdline": "%s",\n  "packages": [\n' \
      "$(cat "$root/etc/alpine-release")" "$version" "$(cat "$imageDir/cmdline.txt")"
    installedPackages "$root" | awk '{ printf "%s    {\"name\": \"%s\", \"version\": \"%s\"}", separator, $1, $2; separator = ",\n" } END { print "" }'
    printf '  ]\n}\n'
  } >"$target/manifest.json"
}

# buildInitrd ROOT VERSION FILE packs our first process and the drivers it needs.
buildInitrd() {
  local root=$1 version=$2 file=$3 tree=$3.tree module
  rm -rf "$tree"
  mkdir -p "$tree"/{dev,modules,root}
  musl-gcc -static -Os -s -Wall -Wextra -Werror -o "$tree/init" "$imageDir/initrd/init.c"
  while read -r module; do
    gzip -dc "$root/lib/modules/$version/$module" >"$tree/modules/$(basename "$module" .gz)"
    basename "$module" .gz
  done < <(moduleFiles "$root/lib/modules/$version/modules.dep") >"$tree/modules/order"
  [ -s "$tree/modules/order" ] || die "no driver of initrd/modules.txt was found in the kernel's modules"
  # The kernel opens /dev/console before the first process can mount /dev.
  mknod -m 600 "$tree/dev/console" c 5 1
  find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  (cd "$tree" && find . | sort | cpio --quiet -o -H newc -R 0:0 --reproducible) >"$file"
  rm -rf "$tree"
}

# The files of initrd/modules.txt after those that they depend on, each once. modules.dep lists dependencies nearest first.
moduleFiles() {
  grep -vE '^(#|$)' "$imageDir/initrd/modules.txt" | awk '
    NR == FNR { split($0, part, ":"); file = part[1]; name = file; sub(/.*\//, "", name); sub(/\.ko.*/, "", name)
      files[name] = file; needs[file] = part[2]; next }
    !($1 in files) { print "kernel has no module " $1 > "/dev/stderr"; next }
    { n = split(needs[files[$1]], list, " "); for (i = n; i > 0; i--) if (!seen[list[i]]++) print list[i]
      if (!seen[files[$1]]++) print files[$1] }' "$1" -
}
