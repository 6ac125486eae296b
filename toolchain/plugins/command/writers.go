package main

import (
	"bytes"
	"io"
	"sync"
)

// lineWriter hands complete lines to log, and keeps what has no newline yet until flush.
type lineWriter struct {
	log     func(line string)
	pending []byte
}

func (w *lineWriter) Write(data []byte) (int, error) {
	w.pending = append(w.pending, data...)
	for {
		line, rest, found := bytes.Cut(w.pending, []byte("\n"))
		if !found {
			return len(data), nil
		}
		w.log(string(line))
		w.pending = rest
	}
}

func (w *lineWriter) flush() {
	if len(w.pending) > 0 {
		w.log(string(w.pending))
		w.pending = nil
	}
}

// lockedWriter lets both streams of a script write to one buffer: they are copied concurrently.
type lockedWriter struct {
	mutex  sync.Mutex
	writer io.Writer
}

func (w *lockedWriter) Write(data []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.writer.Write(data)
}
