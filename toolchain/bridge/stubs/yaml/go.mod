module github.com/pulumi/pulumi-yaml

go 1.25.11

require github.com/pulumi/pulumi/pkg/v3 v3.253.0
