package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"vigil/toolchain/plugins/inputs"
)

// remoteCommand is command:remote:Command.
type remoteCommand struct{}

type remoteArgs struct {
	scriptArgs
	Connection connection `pulumi:"connection" provider:"secret"`
}

type remoteState struct {
	remoteArgs
	scriptOutput
}

func (c *remoteCommand) Annotate(a infer.Annotator) { a.SetToken("remote", "Command") }

func (*remoteCommand) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[remoteArgs], error) {
	return inputs.Check[remoteArgs](ctx, req)
}

func (*remoteCommand) Create(
	ctx context.Context, req infer.CreateRequest[remoteArgs],
) (infer.CreateResponse[remoteState], error) {
	state := remoteState{remoteArgs: req.Inputs}
	id, err := resource.NewUniqueHex(req.Name, 8, 0)
	if err == nil && !req.DryRun {
		err = state.run(ctx, req.Inputs.Create)
	}
	return infer.CreateResponse[remoteState]{ID: id, Output: state}, err
}

func (*remoteCommand) Update(
	ctx context.Context, req infer.UpdateRequest[remoteArgs, remoteState],
) (infer.UpdateResponse[remoteState], error) {
	state := remoteState{remoteArgs: req.Inputs, scriptOutput: req.State.scriptOutput}
	var err error
	if !req.DryRun {
		err = state.run(ctx, req.Inputs.updateScript())
	}
	return infer.UpdateResponse[remoteState]{Output: state}, err
}

func (*remoteCommand) Delete(ctx context.Context, req infer.DeleteRequest[remoteState]) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, req.State.run(ctx, req.State.Delete)
}

// run executes the script on the remote machine, if there is one, and keeps what it printed in the state.
func (s *remoteState) run(ctx context.Context, script *string) error {
	if script == nil {
		return nil
	}
	client, err := s.Connection.dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	// Closing the connection is the only way to end a session whose machine no longer answers.
	defer context.AfterFunc(ctx, func() { client.Close() })()
	session, err := client.NewSession()
	if err != nil {
		return fmt.Errorf("%s: no ssh session: %w", s.Connection.address(), err)
	}
	for name, value := range s.variables(s.scriptOutput) {
		// Servers refuse variables that their configuration does not accept, and the official plugin goes on then.
		_ = session.Setenv(name, value)
	}
	if s.Stdin != nil {
		session.Stdin = strings.NewReader(*s.Stdin)
	}
	output, err := s.execute(ctx, func(stdout, stderr io.Writer) error {
		session.Stdout, session.Stderr = stdout, stderr
		if err := session.Run(*script); err != nil {
			return fmt.Errorf("%s: remote command failed: %w", s.Connection.address(), err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.scriptOutput = output
	return nil
}
