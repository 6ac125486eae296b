package main

import (
	"errors"
	"os"
	"testing"
	"time"
)

func TestALimitMeansThePatienceOfTheOfficialPlugin(t *testing.T) {
	refused := errors.New("connection refused")
	cases := []struct {
		name      string
		limit     int
		failure   error
		atLeast   time.Duration
		atMost    time.Duration
		unlimited bool
	}{
		{name: "none allowed", limit: 0, failure: refused, atMost: 0},
		{name: "the default, refused", limit: 10, failure: refused, atLeast: 11 * time.Second, atMost: 14 * time.Second},
		{name: "the default, silent", limit: 10, failure: os.ErrDeadlineExceeded, atLeast: 60 * time.Second, atMost: 70 * time.Second},
		{name: "unlimited", limit: -1, failure: refused, unlimited: true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			budget, start := newDialBudget(c.limit, 5*time.Second), time.Now()
			for elapsed := time.Duration(0); elapsed < time.Hour; elapsed += dialInterval {
				if !budget.spend(start.Add(elapsed), c.failure) {
					continue
				}
				if c.unlimited || elapsed < c.atLeast || elapsed > c.atMost {
					t.Fatalf("gave up after %s", elapsed)
				}
				return
			}
			if !c.unlimited {
				t.Fatal("did not give up within an hour")
			}
		})
	}
}
