// Command providerFolder prints where, below PULUMI_HOME, the bridge looks for the binary of a Terraform provider
// before it would download it: providerFolder dmacvicar libvirt 0.8.3. The first part is the bridge's default
// registry, so it is asked of the bridge's own library.
package main

import (
	"fmt"
	"os"
	"path"
	"runtime"

	regaddr "github.com/opentofu/registry-address/v2"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: providerFolder NAMESPACE NAME VERSION")
		os.Exit(2)
	}
	namespace, name, version := os.Args[1], os.Args[2], os.Args[3]
	platform := runtime.GOOS + "_" + runtime.GOARCH
	registry := regaddr.DefaultProviderRegistryHost.String()
	fmt.Println(path.Join("dynamic_tf_plugins", registry, namespace, name, version, platform))
}
