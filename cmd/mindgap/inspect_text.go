package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"mindgap/engine"
)

// inspectWidth is the width of a terminal that every line but a long name fits.
const inspectWidth = 80

// printInspect prints the report for people.
func (a *app) printInspect(r *inspectReport) {
	count := "1 tensor"
	if n := len(r.Tensors); n != 1 {
		count = thousands(int64(n)) + " tensors"
	}
	a.printf("%s: %s, %s, %s parameters, %s\n", visible(r.File), r.Format, count, thousands(r.Parameters), engine.Bytes(r.Bytes))
	if r.Weights < len(r.Tensors) || r.StateDict != "" {
		below := ""
		if r.StateDict != "" {
			below = ", under " + visible(r.StateDict)
		}
		a.printf("the model's weights: %d tensors%s\n", r.Weights, below)
	}
	for _, k := range slices.Sorted(maps.Keys(r.Metadata)) {
		a.printf("%s\n", shorten("metadata: "+visible(k)+" = "+visible(r.Metadata[k]), inspectWidth))
	}
	a.printf("\n")
	rows := [][4]string{{"NAME", "TYPE", "SHAPE", "SIZE"}}
	for _, t := range r.Tensors {
		rows = append(rows, [4]string{visible(t.Name), t.DType, shapeText(t.Shape), engine.Bytes(t.Bytes)})
	}
	width := [4]int{}
	for _, row := range rows {
		for i, s := range row {
			width[i] = max(width[i], len([]rune(s)))
		}
	}
	room := max(20, inspectWidth-width[1]-width[2]-width[3]-6)
	width[0] = min(width[0], room)
	for i, row := range rows {
		if len([]rune(row[0])) > room {
			a.printf("%s\n", row[0])
			row[0] = ""
		}
		a.printf("%-*s  %-*s  %-*s  %*s\n", width[0], row[0], width[1], row[1], width[2], row[2], width[3], row[3])
		if i > 0 && r.Tensors[i-1].Stats != nil {
			a.printStats(r.Tensors[i-1])
		}
	}
}

func (a *app) printStats(t inspectTensor) {
	s := t.Stats
	if s.NaN+s.Inf > 0 {
		a.printf("    %d NaN, %d infinite of %d\n", s.NaN, s.Inf, t.Numbers)
	}
	var parts []string
	for _, p := range []struct {
		name  string
		value *float64
	}{{"min", s.Min}, {"max", s.Max}, {"mean", s.Mean}, {"sd", s.SD}} {
		if p.value != nil {
			parts = append(parts, fmt.Sprintf("%s %.4g", p.name, *p.value))
		}
	}
	if len(parts) > 0 {
		a.printf("    %s\n", strings.Join(parts, "  "))
	}
}

func shapeText(shape []int) string {
	if len(shape) == 0 {
		return "scalar"
	}
	parts := make([]string, len(shape))
	for i, n := range shape {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, "x")
}

// thousands writes 151277313 as 151,277,313.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// visible keeps text from a file on one line, and what a terminal would obey quoted.
func visible(s string) string {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) {
		return strconv.Quote(s)
	}
	return s
}

// shorten cuts text to a width.
func shorten(s string, width int) string {
	if r := []rune(s); len(r) > width {
		return string(r[:width-3]) + "..."
	}
	return s
}
