# What the product is built and tested with. The Go modules of the same versions are pinned in the folders beside.
# shellcheck shell=bash disable=SC2034
pulumiVersion=3.259.0
bridgeVersion=1.1.3
libvirtVersion=0.8.3
commandVersion=1.2.1
randomVersion=4.21.2
tofuVersion=1.12.6
