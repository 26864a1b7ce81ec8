package main

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/kernels"
)

var update = flag.Bool("update", false, "write the generated table of kernels into the README")

// Marks around the README's generated table.
const (
	tableBegins = "<!-- kernels: `mindgap kernels --md` -->\n"
	tableEnds   = "<!-- end of kernels -->"
)

// The README's table of kernels is what `mindgap kernels --md` prints. After a change:
//
//	go test ./cmd/mindgap -run README -update
func TestREADMEHasTheKernels(t *testing.T) {
	const file = "../../README.md"
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(data), tableBegins)
	require.True(t, ok, "README.md lacks the mark %q", tableBegins)
	table, after, ok := strings.Cut(rest, tableEnds)
	require.True(t, ok, "README.md lacks the mark %q", tableEnds)
	want := kernelMarkdown(kernelRows(kernels.Table))
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(before+tableBegins+want+tableEnds+after), 0o644))
		return
	}
	require.Equal(t, want, table, "regenerate it: go test ./cmd/mindgap -run README -update")
}
