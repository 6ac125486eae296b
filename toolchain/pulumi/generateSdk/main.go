// Command generateSdk writes the Node.js SDK of one Pulumi package: the schema comes in on standard input, the
// sources go to the folder named by the only argument. The official language host does the same for
// `pulumi package gen-sdk`; this is for machines where that host cannot be had.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generateSdk FOLDER < schema.json")
		os.Exit(2)
	}
	if err := generate(os.Stdin, os.Args[1]); err != nil {
		fmt.Fprintf(os.Stderr, "generateSdk: %v\n", err)
		os.Exit(1)
	}
}

func generate(input io.Reader, folder string) error {
	var spec schema.PackageSpec
	if err := json.NewDecoder(input).Decode(&spec); err != nil {
		return fmt.Errorf("the schema on standard input is not JSON: %w", err)
	}
	// No loader: a package that a provider describes in full refers to no other package.
	pkg, problems, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return err
	}
	if problems.HasErrors() {
		return fmt.Errorf("the schema of %s does not hold together: %w", spec.Name, problems)
	}
	files, err := nodejs.GeneratePackage("pulumi", pkg, nil, nil, true, nil)
	if err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
