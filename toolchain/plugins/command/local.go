package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"vigil/toolchain/plugins/inputs"
)

// localCommand is command:local:Command.
type localCommand struct{}

type localArgs struct {
	scriptArgs
	Interpreter *[]string `pulumi:"interpreter,optional"`
	Dir         *string   `pulumi:"dir,optional"`
}

type localState struct {
	localArgs
	scriptOutput
}

func (c *localCommand) Annotate(a infer.Annotator) { a.SetToken("local", "Command") }

func (*localCommand) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[localArgs], error) {
	return inputs.Check[localArgs](ctx, req)
}

func (*localCommand) Create(
	ctx context.Context, req infer.CreateRequest[localArgs],
) (infer.CreateResponse[localState], error) {
	state := localState{localArgs: req.Inputs}
	id, err := resource.NewUniqueHex(req.Name, 8, 0)
	if err == nil && !req.DryRun {
		err = state.run(ctx, req.Inputs.Create)
	}
	return infer.CreateResponse[localState]{ID: id, Output: state}, err
}

func (*localCommand) Update(
	ctx context.Context, req infer.UpdateRequest[localArgs, localState],
) (infer.UpdateResponse[localState], error) {
	state := localState{localArgs: req.Inputs, scriptOutput: req.State.scriptOutput}
	var err error
	if !req.DryRun {
		err = state.run(ctx, req.Inputs.updateScript())
	}
	return infer.UpdateResponse[localState]{Output: state}, err
}

func (*localCommand) Delete(ctx context.Context, req infer.DeleteRequest[localState]) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, req.State.run(ctx, req.State.Delete)
}

// run executes the script, if there is one, and keeps what it printed in the state.
func (s *localState) run(ctx context.Context, script *string) error {
	if script == nil {
		return nil
	}
	interpreter := []string{"/bin/sh", "-c"}
	if s.Interpreter != nil && len(*s.Interpreter) > 0 {
		interpreter = *s.Interpreter
	}
	command := exec.CommandContext(ctx, interpreter[0], append(interpreter[1:len(interpreter):len(interpreter)], *script)...)
	// A cancelled update ends the script with everything that it started, not only its shell.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	command.Env = os.Environ()
	for name, value := range s.variables(s.scriptOutput) {
		command.Env = append(command.Env, name+"="+value)
	}
	if s.Dir != nil {
		command.Dir = *s.Dir
	}
	if s.Stdin != nil {
		command.Stdin = strings.NewReader(*s.Stdin)
	}
	output, err := s.execute(ctx, func(stdout, stderr io.Writer) error {
		command.Stdout, command.Stderr = stdout, stderr
		if err := command.Run(); err != nil {
			return fmt.Errorf("local command failed: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.scriptOutput = output
	return nil
}
