// Command pulumi-resource-random stands in for the official plugin of that name where it cannot be downloaded. It
// carries RandomBytes alone, and refuses everything else by name. The suite in toolchain/contract holds both to the
// same behaviour.
package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"

	"github.com/pulumi/pulumi-go-provider/infer"

	"vigil/toolchain/plugins/inputs"
)

const version = "4.21.2"

// randomBytes is random:index/randomBytes:RandomBytes. It has no update: every change of inputs replaces it.
type randomBytes struct{}

type randomBytesArgs struct {
	Length  int                `pulumi:"length"`
	Keepers *map[string]string `pulumi:"keepers,optional"`
}

type randomBytesState struct {
	randomBytesArgs
	Base64 string `pulumi:"base64" provider:"secret"`
	Hex    string `pulumi:"hex" provider:"secret"`
}

func (r *randomBytes) Annotate(a infer.Annotator) { a.SetToken("index/randomBytes", "RandomBytes") }

func (*randomBytes) WireDependencies(f infer.FieldSelector, _ *randomBytesArgs, state *randomBytesState) {
	f.OutputField(&state.Base64).AlwaysSecret()
	f.OutputField(&state.Hex).AlwaysSecret()
}

func (*randomBytes) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[randomBytesArgs], error) {
	return inputs.Check[randomBytesArgs](ctx, req)
}

func (*randomBytes) Create(
	_ context.Context, req infer.CreateRequest[randomBytesArgs],
) (infer.CreateResponse[randomBytesState], error) {
	state := randomBytesState{randomBytesArgs: req.Inputs}
	if req.DryRun {
		return infer.CreateResponse[randomBytesState]{Output: state}, nil
	}
	if state.Length < 1 {
		return infer.CreateResponse[randomBytesState]{}, fmt.Errorf("length is %d; it must be at least 1", state.Length)
	}
	bytes := make([]byte, state.Length)
	// rand.Read never fails: it ends the process rather than return fewer random bytes than asked for.
	_, _ = rand.Read(bytes)
	state.Base64, state.Hex = base64.StdEncoding.EncodeToString(bytes), hex.EncodeToString(bytes)
	// The identifier stands in clear in the state, so it says nothing of the bytes.
	return infer.CreateResponse[randomBytesState]{ID: "none", Output: state}, nil
}

func main() {
	provider, err := infer.NewProviderBuilder().WithResources(infer.Resource(&randomBytes{})).Build()
	if err == nil {
		err = provider.Run(context.Background(), "random", version)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "random plugin: %v\n", err)
		os.Exit(1)
	}
}
