package engine

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// source is GLSL text ready for a compiler, with the names of the files it came from. In a
// `#line N` mark, N is the line plus lineStride times the file's index: the file number that
// #line takes as well is lost by Mesa in most of its messages.
type source struct {
	text  string
	files []string
}

// lineStride is more than any file has lines.
const lineStride = 10000

var includeLine = regexp.MustCompile(`^\s*#\s*include\s+"([^"]+)"\s*$`)

// expand reads a shader, inserts `#define`s after its #version line and the text of its
// includes (each file once, so that snippets may include what they need) with #line marks.
// A missing file, an include outside the tree, or text that does not begin with
// `#version 430 core` is an error that names file and line.
func expand(fsys fs.FS, file string, defines []string) (source, error) {
	x := &expander{fsys: fsys, seen: map[string]bool{}}
	if err := x.file(file, "", 0, defines); err != nil {
		return source{}, err
	}
	return source{text: x.out.String(), files: x.files}, nil
}

type expander struct {
	fsys  fs.FS
	out   strings.Builder
	files []string
	seen  map[string]bool
}

const versionLine = "#version 430 core"

func (x *expander) file(name, from string, line int, defines []string) error {
	if x.seen[name] {
		return nil
	}
	x.seen[name] = true
	data, err := fs.ReadFile(x.fsys, name)
	if err != nil {
		if from == "" {
			return fmt.Errorf("shader %s: %w", name, err)
		}
		return fmt.Errorf("%s:%d: include %q: %w", from, line, name, err)
	}
	index := len(x.files)
	x.files = append(x.files, name)
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if from == "" {
		if lines[0] != versionLine {
			return fmt.Errorf("%s:1: the first line is %q, want %q", name, lines[0], versionLine)
		}
		x.put(lines[0])
		for _, d := range defines {
			key, value, _ := strings.Cut(d, "=")
			x.put("#define " + key + " " + value)
		}
		x.mark(2, index)
		lines = lines[1:]
	} else {
		x.mark(1, index)
	}
	for i, text := range lines {
		at := i + 1
		if from == "" {
			at++
		}
		if err := ascii(text); err != nil {
			return fmt.Errorf("%s:%d: %w", name, at, err)
		}
		m := includeLine.FindStringSubmatch(text)
		if m == nil {
			x.put(text)
			continue
		}
		target := path.Join("include", m[1])
		if !fs.ValidPath(target) {
			return fmt.Errorf("%s:%d: include %q leaves the include folder", name, at, m[1])
		}
		if err := x.file(target, name, at, nil); err != nil {
			return err
		}
		x.mark(at+1, index)
	}
	return nil
}

func (x *expander) put(line string)      { x.out.WriteString(line); x.out.WriteByte('\n') }
func (x *expander) mark(line, index int) { x.put(fmt.Sprintf("#line %d", index*lineStride+line)) }

func ascii(s string) error {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return fmt.Errorf("byte %d is not ASCII", i+1)
		}
	}
	return nil
}

// Drivers write positions as 0:12(5) (Mesa), 0(12) (NVIDIA) or 0:12: (AMD, Khronos).
var logPosition = regexp.MustCompile(`\b0(?::(\d+)\((\d+)\)|\((\d+)\)|:(\d+):)`)

// readable puts file names into a driver's compile log.
func (s source) readable(log string) string {
	return logPosition.ReplaceAllStringFunc(log, func(pos string) string {
		m := logPosition.FindStringSubmatch(pos)
		line, _ := strconv.Atoi(m[1] + m[3] + m[4])
		if line/lineStride >= len(s.files) {
			return pos
		}
		out := fmt.Sprintf("%s:%d", s.files[line/lineStride], line%lineStride)
		switch {
		case m[2] != "":
			out += ":" + m[2]
		case m[4] != "":
			out += ":"
		}
		return out
	})
}

// ShaderText is the text that a compiler gets for a shader file and a set of defines
// ("NAME=VALUE"), includes in place. For tools: validators, listings.
func ShaderText(fsys fs.FS, file string, defines []string) (string, error) {
	s, err := expand(fsys, file, defines)
	return s.text, err
}
