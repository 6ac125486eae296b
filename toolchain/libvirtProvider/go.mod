module vigil/toolchain/libvirtProvider

go 1.25.11

require github.com/dmacvicar/terraform-provider-libvirt v0.8.3
