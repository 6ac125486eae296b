# A machine like one of the product's, declared for OpenTofu and the same libvirt provider: `tofu apply -replace` of its
# domain and disk is what the product's replacement of a machine is compared with. What differs from the product's
# machine is its name, its UUID and the pool that its volumes lie in.
terraform {
  required_providers {
    libvirt = {
      source  = "dmacvicar/libvirt"
      version = "0.8.3"
    }
  }
}

variable "machine" {
  description = "What the machine is, as the plan of the stack has it."
  type = object({
    name       = string
    type       = string
    memory_mib = number
    vcpus      = number
    mac        = string
    bridge     = string
    kernel     = string
    initrd     = string
    parameters = map(string)
  })
}

variable "files" {
  description = "Where things lie on the host; `configure` is a script for the guest, or empty."
  type = object({
    pool         = string
    image        = string
    seed         = string
    domain_style = string
    volume_style = string
    configure    = string
  })
}

variable "guest" {
  description = "How the guest is reached: what configureGuest.sh reads, and where that is."
  type = object({
    script  = string
    address = string
    login   = string
  })
}

provider "libvirt" {
  uri = "qemu:///system"
}

resource "libvirt_pool" "pool" {
  name = var.machine.name
  type = "dir"
  target {
    path = var.files.pool
  }
}

resource "libvirt_volume" "image" {
  name   = "${var.machine.name}-base.qcow2"
  pool   = libvirt_pool.pool.name
  source = var.files.image
}

resource "libvirt_volume" "seed" {
  name   = "${var.machine.name}-seed.img"
  pool   = libvirt_pool.pool.name
  source = var.files.seed
  format = "raw"
  xml {
    xslt = file(var.files.volume_style)
  }
}

resource "libvirt_volume" "disk" {
  name           = "${var.machine.name}-disk.qcow2"
  pool           = libvirt_pool.pool.name
  base_volume_id = libvirt_volume.image.id
  format         = "qcow2"
}

resource "libvirt_domain" "machine" {
  name      = var.machine.name
  type      = var.machine.type
  memory    = var.machine.memory_mib
  vcpu      = var.machine.vcpus
  kernel    = var.machine.kernel
  initrd    = var.machine.initrd
  cmdline   = [var.machine.parameters]
  autostart = true

  dynamic "cpu" {
    for_each = var.machine.type == "kvm" ? ["host-passthrough"] : []
    content {
      mode = cpu.value
    }
  }

  disk {
    volume_id = libvirt_volume.disk.id
  }

  disk {
    volume_id = libvirt_volume.seed.id
  }

  network_interface {
    bridge = var.machine.bridge
    mac    = var.machine.mac
  }

  console {
    type        = "pty"
    target_type = "serial"
    target_port = "0"
  }

  xml {
    xslt = file(var.files.domain_style)
  }
}

# A worker has all that it needs in its seed; a balancer is configured over ssh. The guests have nothing that OpenTofu's
# own provisioner could copy a script with, so it goes over standard input.
resource "terraform_data" "configured" {
  count            = var.files.configure == "" ? 0 : 1
  triggers_replace = [libvirt_domain.machine.id]

  provisioner "local-exec" {
    command = "sh ${var.guest.script}"
    environment = {
      ADDRESS   = var.guest.address
      LOGIN     = var.guest.login
      CONFIGURE = var.files.configure
    }
  }

  lifecycle {
    replace_triggered_by = [libvirt_domain.machine]
  }
}
