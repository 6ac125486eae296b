// Package inputs holds what both plugins do with a resource's inputs.
package inputs

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Check applies the framework's own check, and refuses inputs that Args does not have: silently dropping one that the
// official plugin carries would do something else than the program says.
func Check[Args any](ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[Args], error) {
	args, failures, err := infer.DefaultCheck[Args](ctx, req.NewInputs)
	failures = append(failures, unknown(reflect.TypeFor[Args](), req.NewInputs, "")...)
	return infer.CheckResponse[Args]{Inputs: args, Failures: failures}, err
}

func unknown(args reflect.Type, inputs property.Map, prefix string) []p.CheckFailure {
	fields := fieldsOf(args)
	var failures []p.CheckFailure
	for name, value := range inputs.All {
		field, known := fields[name]
		switch {
		case !known && name != "version" && !strings.HasPrefix(name, "__"):
			failures = append(failures, p.CheckFailure{
				Property: prefix + name,
				Reason: fmt.Sprintf("this build of the plugin does not carry %q (it has %s); "+
					"the official plugin does: install it with `pulumi plugin install`",
					prefix+name, strings.Join(names(fields), ", ")),
			})
		case known && field.Kind() == reflect.Struct && value.IsMap():
			failures = append(failures, unknown(field, value.AsMap(), prefix+name+".")...)
		}
	}
	return failures
}

// fieldsOf maps the property names of a struct, embedded structs included, to their types.
func fieldsOf(args reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for _, field := range reflect.VisibleFields(args) {
		if tag, tagged := field.Tag.Lookup("pulumi"); tagged {
			name, _, _ := strings.Cut(tag, ",")
			fields[name] = field.Type
		}
	}
	return fields
}

func names(fields map[string]reflect.Type) []string {
	all := make([]string, 0, len(fields))
	for name := range fields {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
