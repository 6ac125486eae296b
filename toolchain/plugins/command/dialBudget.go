package main

import (
	"errors"
	"time"
)

// dialBudget counts failed dials on the clock of the official plugin, which waits longer after each failure, up to
// five seconds. We dial far more often than that, so a dial counts only once the official one would have been made:
// a dialErrorLimit means the same patience with either plugin.
type dialBudget struct {
	limit      int // below zero: no limit
	perDial    time.Duration
	failures   int
	pause      time.Duration
	nextCounts time.Time
}

func newDialBudget(limit int, perDial time.Duration) *dialBudget {
	return &dialBudget{limit: limit, perDial: perDial, pause: firstPause}
}

// spend notes a failed dial and tells whether the limit is exceeded.
func (b *dialBudget) spend(now time.Time, failure error) bool {
	if now.Before(b.nextCounts) {
		return false
	}
	b.failures++
	b.nextCounts = now.Add(b.pause)
	if isTimeout(failure) {
		// Where nobody answers at all, the official plugin waits for the whole timeout before it counts.
		b.nextCounts = b.nextCounts.Add(b.perDial)
	}
	b.pause = min(b.pause*3/2, longestPause)
	return b.limit >= 0 && b.failures > b.limit
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}
