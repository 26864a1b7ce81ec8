package kernels

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
)

// Every variant's text must be plain GLSL 4.30 to Khronos' own compiler: drivers accept more.
func TestShadersAreGLSL430(t *testing.T) {
	tool, err := exec.LookPath("glslangValidator")
	if err != nil {
		if os.Getenv("MINDGAP_GLSLANG") == "required" {
			t.Fatal("glslangValidator is not installed (package glslang-tools)")
		}
		t.Skip("glslangValidator is not installed (package glslang-tools)")
	}
	dir := t.TempDir()
	var files []string
	for _, s := range Table {
		in := s.Info()
		for _, v := range in.Variants {
			text, err := engine.ShaderText(in.Source, v.File, v.Defines)
			require.NoError(t, err)
			name := filepath.Join(dir, in.Name+"."+v.Name+".comp")
			require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
			files = append(files, name)
		}
	}
	out, err := exec.Command(tool, files...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// A shader file that no kernel uses is dead text; a head comment and a Go twin belong to each.
func TestEveryShaderFileIsUsed(t *testing.T) {
	used := map[string]bool{}
	for _, s := range Table {
		for _, v := range s.Info().Variants {
			used[v.File] = true
		}
	}
	files, err := fs.Glob(shaders, "*.glsl")
	require.NoError(t, err)
	for _, f := range files {
		require.True(t, used[f], "%s is used by no kernel", f)
		text, err := fs.ReadFile(shaders, f)
		require.NoError(t, err)
		require.Regexp(t, regexp.MustCompile(`^#version 430 core\n// `), string(text), "%s has no head", f)
		require.Contains(t, string(text), "Go twin: ", "%s does not say where its Go twin is", f)
	}
}

// Names are unique, and every row can be tested, listed and timed.
func TestTableRowsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Table {
		in := s.Info()
		require.False(t, seen[in.Name], "%s stands twice", in.Name)
		seen[in.Name] = true
		require.NotEmpty(t, in.Doc, in.Name)
		require.NotEmpty(t, in.Variants, in.Name)
		require.LessOrEqual(t, len(in.Bufs), 8, in.Name)
		require.NotEmpty(t, s.TestCases(), in.Name)
		last := in.Variants[len(in.Variants)-1]
		require.Empty(t, last.Texel, "%s: the last variant must run anywhere", in.Name)
		require.False(t, last.Subgroup, "%s: the last variant must run anywhere", in.Name)
		for _, p := range append(s.TestCases(), s.BenchCases()...) {
			require.Len(t, s.SizeOf(p), len(in.Bufs), in.Name)
			require.GreaterOrEqual(t, s.CostOf(p).Bytes, 0.0, in.Name)
		}
	}
}

// The words by which people look for a kernel; other tools read names too.
func TestTableHoldsWhatIsPromised(t *testing.T) {
	var names []string
	for _, s := range Table {
		names = append(names, s.Info().Name)
	}
	all := " " + strings.Join(names, " ") + " "
	for _, word := range []string{
		"matmul", "relu", "leaky_relu", "sigmoid", "tanh", "gelu", "quick_gelu", "elu", "maxout",
		"add", "mul", "scale", "axpy", "bias", "transpose", "normalisation",
		"row_sum", "row_mean", "row_max", "row_argmax", "row_logsumexp",
		"column_sum", "column_mean", "column_max", "column_argmax", "column_logsumexp",
		"softmax", "layer_norm", "attention", "conv2d", "pool", "gather", "gather_rows_back", "centroid", "matched_pair_cosine",
		"cosine_histogram", "infonce", "siglip", "random_fill", "adam",
	} {
		require.Contains(t, all, word)
	}
}
