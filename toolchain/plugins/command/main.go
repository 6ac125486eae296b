// Command pulumi-resource-command stands in for the official plugin of that name where it cannot be downloaded. It
// carries local.Command and remote.Command with the inputs that the product uses, built on the framework of the
// official one so that checks, diffs and secrets behave alike, and refuses everything else by name. The suite in
// toolchain/contract holds both to the same behaviour.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/pulumi/pulumi-go-provider/infer"
)

const version = "1.2.1"

func main() {
	provider, err := infer.NewProviderBuilder().
		WithResources(infer.Resource(&localCommand{}), infer.Resource(&remoteCommand{})).
		Build()
	if err == nil {
		err = provider.Run(context.Background(), "command", version)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "command plugin: %v\n", err)
		os.Exit(1)
	}
}
