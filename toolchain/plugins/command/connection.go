package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/pulumi/pulumi-go-provider/infer"
	"golang.org/x/crypto/ssh"
)

const (
	defaultPort           = 22
	defaultUser           = "root"
	defaultPerDialTimeout = 15
	defaultDialErrorLimit = 10

	// dialInterval is the pause between dials: a guest that has just booted is found at once.
	dialInterval = 150 * time.Millisecond
	// connectTimeout bounds one TCP connect, because a SYN to a machine that is not up yet is repeated ever more slowly.
	connectTimeout = time.Second
	// The official plugin's pauses between dials, on whose clock failures are counted: see dialBudget.
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
)

// connection says how to reach a machine over ssh. Limits are in seconds and counts, as in the official plugin.
type connection struct {
	Host           string   `pulumi:"host"`
	Port           *float64 `pulumi:"port,optional"`
	User           *string  `pulumi:"user,optional"`
	PrivateKey     *string  `pulumi:"privateKey,optional"`
	HostKey        *string  `pulumi:"hostKey,optional"`
	PerDialTimeout *int     `pulumi:"perDialTimeout,optional"`
	DialErrorLimit *int     `pulumi:"dialErrorLimit,optional"`
}

func (c *connection) Annotate(a infer.Annotator) {
	a.SetDefault(&c.Port, defaultPort)
	a.SetDefault(&c.User, defaultUser)
	a.SetDefault(&c.PerDialTimeout, defaultPerDialTimeout)
	a.SetDefault(&c.DialErrorLimit, defaultDialErrorLimit)
}

func (c connection) address() string {
	return net.JoinHostPort(c.Host, strconv.Itoa(int(valueOr(c.Port, defaultPort))))
}

// dial tries until the machine answers, the error limit is reached, or the update is cancelled.
func (c connection) dial(ctx context.Context) (*ssh.Client, error) {
	config, err := c.clientConfig()
	if err != nil {
		return nil, err
	}
	limit := valueOr(c.DialErrorLimit, defaultDialErrorLimit)
	budget := newDialBudget(limit, c.perDialTimeout())
	for {
		client, err := c.dialOnce(ctx, config)
		if err == nil {
			return client, nil
		}
		if errors.Is(err, errWrongHostKey) {
			return nil, fmt.Errorf("%s: %w", c.address(), err)
		}
		if budget.spend(time.Now(), err) {
			return nil, fmt.Errorf("%s: no ssh connection within dialErrorLimit (%d): %w",
				c.address(), limit, err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(dialInterval):
		}
	}
}

func (c connection) perDialTimeout() time.Duration {
	return time.Duration(valueOr(c.PerDialTimeout, defaultPerDialTimeout)) * time.Second
}

func (c connection) dialOnce(ctx context.Context, config *ssh.ClientConfig) (*ssh.Client, error) {
	limit := connectTimeout
	if perDial := c.perDialTimeout(); perDial > 0 {
		limit = min(limit, perDial)
	}
	dialer := net.Dialer{Timeout: limit}
	socket, err := dialer.DialContext(ctx, "tcp", c.address())
	if err != nil {
		return nil, err
	}
	// The timeout covers the handshake too: a machine that is going down accepts connections and then says nothing.
	if perDial := c.perDialTimeout(); perDial > 0 {
		_ = socket.SetDeadline(time.Now().Add(perDial))
	}
	stop := context.AfterFunc(ctx, func() { socket.Close() })
	defer stop()
	session, channels, requests, err := ssh.NewClientConn(socket, c.address(), config)
	if err != nil {
		socket.Close()
		return nil, err
	}
	_ = socket.SetDeadline(time.Time{})
	return ssh.NewClient(session, channels, requests), nil
}

var errWrongHostKey = errors.New("the host key is not the one in connection.hostKey: another machine answers at this address")

func (c connection) clientConfig() (*ssh.ClientConfig, error) {
	config := &ssh.ClientConfig{User: valueOr(c.User, defaultUser), HostKeyCallback: ssh.InsecureIgnoreHostKey()}
	if c.PrivateKey != nil {
		signer, err := ssh.ParsePrivateKey([]byte(*c.PrivateKey))
		if err != nil {
			return nil, fmt.Errorf("connection.privateKey is not a private key: %w", err)
		}
		config.Auth = append(config.Auth, ssh.PublicKeys(signer))
	}
	if c.HostKey != nil {
		expected, _, _, _, err := ssh.ParseAuthorizedKey([]byte(*c.HostKey))
		if err != nil {
			return nil, fmt.Errorf("connection.hostKey is not a public key: %w", err)
		}
		if expected.Type() != ssh.KeyAlgoRSA {
			config.HostKeyAlgorithms = []string{expected.Type()}
		}
		config.HostKeyCallback = func(host string, remote net.Addr, key ssh.PublicKey) error {
			if ssh.FixedHostKey(expected)(host, remote, key) != nil {
				return errWrongHostKey
			}
			return nil
		}
	}
	return config, nil
}

// valueOr stands in for a default that a state written by another version of the plugin does not hold.
func valueOr[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}
