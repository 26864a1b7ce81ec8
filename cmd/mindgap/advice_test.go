package main

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// What cannot be printed is an error of one line, with every command and form of output.
func TestFullOutput(t *testing.T) {
	for _, args := range [][]string{{"list"}, {"list", "--json"}, {"version"}, {"--help"}, {"kernels"}} {
		var stderr bytes.Buffer
		code := newApp(full{}, &stderr).run(context.Background(), args)
		require.Equal(t, exitUse, code, args)
		require.Equal(t, "mindgap: cannot write to standard output: no space left on device\n", stderr.String(), args)
	}
}
