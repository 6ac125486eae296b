package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// scriptArgs are the inputs that local and remote commands share.
type scriptArgs struct {
	Create                 *string            `pulumi:"create,optional"`
	Update                 *string            `pulumi:"update,optional"`
	Delete                 *string            `pulumi:"delete,optional"`
	Stdin                  *string            `pulumi:"stdin,optional"`
	Environment            *map[string]string `pulumi:"environment,optional"`
	Triggers               *[]any             `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	AddPreviousOutputInEnv *bool              `pulumi:"addPreviousOutputInEnv,optional"`
	Logging                *string            `pulumi:"logging,optional"`
}

func (a *scriptArgs) Annotate(annotator infer.Annotator) {
	annotator.SetDefault(&a.AddPreviousOutputInEnv, true)
}

// scriptOutput is what the last script printed, each without its final newline.
type scriptOutput struct {
	Stdout string `pulumi:"stdout"`
	Stderr string `pulumi:"stderr"`
}

// updateScript is the script for a change of inputs: update if there is one, else create again, else none.
func (a scriptArgs) updateScript() *string {
	if a.Update != nil {
		return a.Update
	}
	return a.Create
}

// variables are what the script's environment gains: the declared ones, and what the previous script printed.
func (a scriptArgs) variables(previous scriptOutput) map[string]string {
	variables := map[string]string{}
	if a.Environment != nil {
		for name, value := range *a.Environment {
			variables[name] = value
		}
	}
	if a.AddPreviousOutputInEnv == nil || *a.AddPreviousOutputInEnv {
		if previous.Stdout != "" {
			variables["PULUMI_COMMAND_STDOUT"] = previous.Stdout
		}
		if previous.Stderr != "" {
			variables["PULUMI_COMMAND_STDERR"] = previous.Stderr
		}
	}
	return variables
}

// execute runs one script by way of start, which blocks until the script has ended, and returns what it printed.
func (a scriptArgs) execute(ctx context.Context, start func(stdout, stderr io.Writer) error) (scriptOutput, error) {
	var stdout, stderr, both bytes.Buffer
	stdoutLog, stderrLog := a.lineLog(ctx, "stdout"), a.lineLog(ctx, "stderr")
	defer stdoutLog.flush()
	defer stderrLog.flush()
	combined := &lockedWriter{writer: &both}
	err := start(io.MultiWriter(&stdout, combined, stdoutLog), io.MultiWriter(&stderr, combined, stderrLog))
	if err != nil {
		return scriptOutput{}, fmt.Errorf("%w\n%s", err, strings.TrimSpace(both.String()))
	}
	return scriptOutput{
		Stdout: strings.TrimSuffix(stdout.String(), "\n"),
		Stderr: strings.TrimSuffix(stderr.String(), "\n"),
	}, nil
}

// lineLog passes the lines of a stream ("stdout" or "stderr") to the engine's log, unless `logging` excludes it.
func (a scriptArgs) lineLog(ctx context.Context, stream string) *lineWriter {
	if a.Logging == nil || *a.Logging == "stdoutAndStderr" || *a.Logging == stream {
		return &lineWriter{log: p.GetLogger(ctx).Info}
	}
	return &lineWriter{log: func(string) {}}
}
