package engine

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func tree(files ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		m[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return m
}

func TestExpandPutsDefinesAndIncludesInPlace(t *testing.T) {
	fsys := tree(
		"k.comp.glsl", "#version 430 core\n// head\n#include \"a.glsl\"\nvoid main() {}\n",
		"include/a.glsl", "#include \"b.glsl\"\nint a;\n",
		"include/b.glsl", "int b;\n")
	s, err := expand(fsys, "k.comp.glsl", []string{"TILE=16", "FAST"})
	require.NoError(t, err)
	require.Equal(t, strings.Join([]string{
		"#version 430 core", "#define TILE 16", "#define FAST ", "#line 2", "// head",
		"#line 10001", "#line 20001", "int b;", "#line 10002", "int a;", "#line 4", "void main() {}", ""}, "\n"), s.text)
	require.Equal(t, []string{"k.comp.glsl", "include/a.glsl", "include/b.glsl"}, s.files)
}

func TestExpandIncludesEachFileOnce(t *testing.T) {
	fsys := tree("k", "#version 430 core\n#include \"a\"\n#include \"a\"\n", "include/a", "int a;\n")
	s, err := expand(fsys, "k", nil)
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(s.text, "int a;"))
}

func TestExpandNamesFileAndLineOfWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"missing include", "#version 430 core\n\n#include \"no.glsl\"\n", `k:3: include "include/no.glsl"`},
		{"escape", "#version 430 core\n#include \"../../etc/passwd\"\n", "k:2: include"},
		{"version", "#version 450\n", `k:1: the first line is "#version 450"`},
		{"not ASCII", "#version 430 core\n// caf\u00e9\n", "k:2: byte 7 is not ASCII"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := expand(tree("k", c.text), "k", nil)
			require.ErrorContains(t, err, c.want)
		})
	}
	_, err := expand(tree(), "k", nil)
	require.ErrorContains(t, err, "shader k")
}

func TestReadableNamesFilesInDriverLogs(t *testing.T) {
	s := source{files: []string{"matmul.comp.glsl", "include/group.glsl"}}
	require.Equal(t, "matmul.comp.glsl:12:5: error: x", s.readable("0:12(5): error: x"))
	require.Equal(t, "include/group.glsl:7 : error C1008", s.readable("0(10007) : error C1008"))
	require.Equal(t, "ERROR: include/group.glsl:7: 'x'", s.readable("ERROR: 0:10007: 'x'"))
	require.Equal(t, "0:90001(1): kept", s.readable("0:90001(1): kept"))
}
