# Reads meta-data, network-config (version 1) and user-data, and leaves one file per fact in the current folder.
# The YAML is the plain block style that the program writes: one key per line, lists with "- ", one literal block.

function refuse(what) { print "vigil-seed: " FILENAME ":" FNR ": " what > "/dev/stderr"; failed = 1; exit 1 }
function unquote(text) { gsub(/^"|"$/, "", text); return text }
function value(text) { sub(/^[^:]*:[ ]*/, "", text); return unquote(text) }
function endFile() {
  if (path == "") return
  if (encoding != "b64") refuse("file " path " must have \"encoding: b64\"")
  print (mode == "" ? "0644" : mode), path, content > "files"
  path = mode = encoding = content = ""
}
function endInterface() {
  if (name == "") return
  if (address == "") refuse("interface " name " has no static address")
  print "\nauto " name "\niface " name " inet static\n  address " address "\n  netmask " netmask > "interfaces"
  if (gateway != "") print "  gateway " gateway > "interfaces"
  if (!addresses++) print address > "address"
  name = address = netmask = gateway = ""
}

BEGIN { print "auto lo\niface lo inet loopback" > "interfaces"; printf "" > "files"; printf "" > "authorized_keys" }

FNR == 1 { sub(/.*\//, "", FILENAME); kind = FILENAME; section = ""; block = 0 }
kind == "meta-data" && /^instance-id:/ { print value($0) > "instance-id"; found["instance-id"] = 1; next }
kind == "meta-data" && /^local-hostname:/ { print value($0) > "hostname"; found["local-hostname"] = 1; next }

kind == "network-config" && /^version:/ { if (value($0) != 1) refuse("only version 1 is known"); next }
kind == "network-config" && /^ *- type: physical/ { endInterface(); next }
kind == "network-config" && /^ *name:/ { name = value($0); next }
kind == "network-config" && /^ *- type:/ { if (value($0) != "static") refuse("only static addresses are known"); next }
kind == "network-config" && /^ *address:/ { address = value($0); next }
kind == "network-config" && /^ *netmask:/ { netmask = value($0); next }
kind == "network-config" && /^ *gateway:/ { gateway = value($0); next }

kind == "user-data" && block && /^    / { print substr($0, 5) > "host_key"; next }
kind == "user-data" && /^[a-z_]+:/ {
  block = 0
  section = $1
  if (section !~ /^(ssh_authorized_keys|ssh_keys|write_files):$/) refuse("unknown key " section)
  next
}
kind == "user-data" && section == "ssh_authorized_keys:" && /^ *- / { sub(/^ *- /, ""); print unquote($0) > "authorized_keys"; next }
kind == "user-data" && section == "ssh_keys:" && /^ *ed25519_private: \|/ { block = 1; found["ed25519_private"] = 1; next }
kind == "user-data" && section == "ssh_keys:" { block = 0; next }
kind == "user-data" && section == "write_files:" && /^ *- path:/ { endFile(); path = value($0); next }
kind == "user-data" && section == "write_files:" && /^ *permissions:/ { mode = value($0); next }
kind == "user-data" && section == "write_files:" && /^ *encoding:/ { encoding = value($0); next }
kind == "user-data" && section == "write_files:" && /^ *content:/ { content = value($0); next }

END {
  if (failed) exit 1
  endFile(); endInterface()
  if (!addresses) { print "vigil-seed: network-config names no interface" > "/dev/stderr"; exit 1 }
  for (i = split("instance-id local-hostname ed25519_private", wanted, " "); i > 0; i--)
    if (!(wanted[i] in found)) { print "vigil-seed: the seed has no " wanted[i] > "/dev/stderr"; exit 1 }
}
