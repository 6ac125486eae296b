// Package codegen stands in for the YAML generator: the bridge's example converter names one function of it, which a
// running plugin never calls.
package codegen

import (
	"errors"

	"github.com/hashicorp/hcl/v2"
	"github.com/pulumi/pulumi/pkg/v3/codegen/pcl"
)

// GenerateProgram always fails: this build converts no programs.
func GenerateProgram(*pcl.Program) (map[string][]byte, hcl.Diagnostics, error) {
	return nil, nil, errors.New("this build of the bridge does not generate YAML programs")
}
