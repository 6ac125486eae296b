// The first process. It loads the drivers that the root disk and the network need, mounts the root file system and
// hands over to its init. Everything else is left to OpenRC; there is no searching, so it takes a few milliseconds.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const char rootDevice[] = "/dev/vda";

// A failed first process panics the kernel, which is what makes the failure visible to the hypervisor.
static int fail(const char *what) {
  printf("vigil-init: %s: %s\n", what, strerror(errno));
  return 1;
}

// /modules/order names one module file per line, dependencies first.
static void loadModules(void) {
  char path[128] = "/modules/";
  const size_t prefixLength = strlen(path);
  FILE *order = fopen("/modules/order", "r");
  if (!order) return;
  while (fgets(path + prefixLength, sizeof path - prefixLength, order)) {
    path[strcspn(path, "\n")] = '\0';
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || syscall(SYS_finit_module, file, "", 0)) fail(path);
    if (file >= 0) close(file);
    // The initial file system lives in memory until the end: give back what has been used.
    unlink(path);
  }
  fclose(order);
}

static int mountRoot(void) {
  const struct timespec pause = {.tv_nsec = 5 * 1000 * 1000};
  for (int attempt = 0; attempt < 1000; attempt++) {
    if (!mount(rootDevice, "/root", "ext4", MS_NOATIME, "")) return 0;
    if (errno != ENOENT && errno != ENXIO) return -1;
    nanosleep(&pause, NULL);
  }
  return -1;
}

int main(void) {
  const unsigned long plain = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (mount("dev", "/dev", "devtmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755")) return fail("mounting /dev");
  loadModules();
  if (mountRoot()) return fail("mounting /dev/vda");
  if (chdir("/root")) return fail("entering the root file system");
  if (mount("/dev", "dev", NULL, MS_MOVE, NULL)) return fail("moving /dev");
  mkdir("dev/pts", 0755);
  mkdir("dev/shm", 01777);
  if (mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "gid=5,mode=0620")) return fail("mounting /dev/pts");
  if (mount("shm", "dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777")) return fail("mounting /dev/shm");
  if (mount("proc", "proc", "proc", plain, NULL)) return fail("mounting /proc");
  if (mount("sysfs", "sys", "sysfs", plain, NULL)) return fail("mounting /sys");
  if (mount("tmpfs", "run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=20%")) return fail("mounting /run");
  if (symlink("/proc/self/fd", "dev/fd") || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".")) return fail("changing the root");
  execl("/sbin/init", "/sbin/init", (char *)NULL);
  return fail("starting /sbin/init");
}
