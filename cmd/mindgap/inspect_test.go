package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mindgap/engine/tensorfile"
)

// checkpoints are the files that PyTorch wrote for the tests of tensorfile.
const checkpoints = "../../engine/tensorfile/testdata/"

// weights writes a small safetensors file. Long names and shapes are among the tensors.
func weights(t *testing.T, bias float32) string {
	name := filepath.Join(t.TempDir(), "m.safetensors")
	specs := []tensorfile.TensorSpec{
		{Name: "blocks.10.weight", DType: tensorfile.Float16, Shape: []int{3, 2}},
		{Name: "blocks.2.weight", DType: tensorfile.BFloat16, Shape: []int{2, 3}},
		{Name: "bias", DType: tensorfile.Float32, Shape: []int{4}},
		{Name: "steps", DType: tensorfile.Int64},
		{Name: strings.Repeat("very_long.", 9) + "weight", DType: tensorfile.Float32, Shape: []int{1, 1, 1, 1}},
		{Name: "\x1b[31mred", DType: tensorfile.Float64, Shape: []int{0}},
	}
	w, err := tensorfile.CreateSafetensors(name, map[string]string{"format": "pt", "note": strings.Repeat("long ", 40), "line": "a\nb"}, specs...)
	require.NoError(t, err)
	for _, s := range specs {
		n := 1
		for _, d := range s.Shape {
			n *= d
		}
		data := make([]float32, n)
		for i := range data {
			data[i] = float32(i)
		}
		if s.Name == "bias" {
			data[1], data[2] = float32(math.Inf(-1)), bias
		}
		require.NoError(t, w.Write(s.Name, data))
	}
	require.NoError(t, w.Close())
	return name
}

func TestInspectPrintsTensors(t *testing.T) {
	name := weights(t, 2)
	code, out, errs := cli(t, nil, "inspect", name)
	require.Zero(t, code, errs)
	require.Empty(t, errs)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Equal(t, name+": safetensors, 6 tensors, 17 parameters, 52 B", lines[0])
	require.Equal(t, `metadata: format = pt`, lines[1])
	require.Equal(t, `metadata: line = "a\nb"`, lines[2])
	require.Equal(t, 80, len(lines[3]))
	require.True(t, strings.HasSuffix(lines[3], "..."))
	var names []string
	for _, l := range lines[6:] {
		if l[0] != ' ' {
			names = append(names, strings.Fields(l)[0])
		}
	}
	require.Equal(t, []string{`"\x1b[31mred"`, "bias", "blocks.2.weight", "blocks.10.weight", "steps", strings.Repeat("very_long.", 9) + "weight"}, names)
	for _, l := range lines[1:] {
		require.True(t, len(l) <= 80 || strings.HasPrefix(l, "very_long."), l)
	}
	require.Contains(t, out, "bfloat16  2x3      12 B\n")
	require.NotContains(t, out, "\x1b")

	code, out, errs = cli(t, nil, "inspect", checkpoints+"checkpoint.pt")
	require.Zero(t, code, errs)
	require.Contains(t, out, "checkpoint.pt: torch zip, 26 tensors, ")
	require.Contains(t, out, "the model's weights: 14 tensors, under state_dict.module.\n")
	for _, l := range strings.Split(out, "\n")[1:] {
		require.LessOrEqual(t, len(l), 80)
	}
}

func TestInspectChecksNumbers(t *testing.T) {
	code, out, errs := cli(t, nil, "inspect", "--check", weights(t, 2))
	require.Zero(t, code, errs)
	require.Contains(t, out, "    0 NaN, 1 infinite of 4\n    min 0  max 3  mean 1.667  sd 1.247\n") // 0, 2, 3: sd = sqrt(14)/3
	require.Contains(t, out, "    min 0  max 5  mean 2.5  sd 1.708\n")                               // 0 to 5: sd = sqrt(35/12)

	// A NaN is a check that does not hold; the report is printed all the same.
	bad := weights(t, float32(math.NaN()))
	code, out, errs = cli(t, nil, "inspect", "--check", bad)
	require.Equal(t, exitCheck, code)
	require.Contains(t, out, "    1 NaN, 1 infinite of 4\n")
	require.Equal(t, "mindgap: a check does not hold: 1 of 6 tensors hold NaN, first bias\n", errs)
	code, _, errs = cli(t, nil, "inspect", bad)
	require.Zero(t, code, errs)

	code, out, errs = cli(t, nil, "inspect", "--check", "--json", bad)
	require.Equal(t, exitCheck, code)
	require.Contains(t, errs, "hold NaN")
	var r inspectReport
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Equal(t, "safetensors", r.Format)
	require.Equal(t, int64(17), r.Parameters)
	require.Equal(t, int64(52), r.Bytes) // 12 + 12 + 16 + 8 + 4 + 0
	require.Equal(t, map[string]string{"format": "pt", "note": strings.Repeat("long ", 40), "line": "a\nb"}, r.Metadata)
	i := slices.IndexFunc(r.Tensors, func(t inspectTensor) bool { return t.Name == "bias" })
	require.Equal(t, inspectTensor{Name: "bias", DType: "float32", Shape: []int{4}, Numbers: 4, Bytes: 16, Stats: r.Tensors[i].Stats}, r.Tensors[i])
	require.Equal(t, int64(1), r.Tensors[i].Stats.NaN)
	require.Equal(t, 1.5, *r.Tensors[i].Stats.Mean) // of 0 and 3
	require.Nil(t, r.Tensors[0].Stats.Mean, "an empty tensor has no mean")
	require.Contains(t, out, `"shape": []`)

	// Types that are listed only are not read.
	code, out, errs = cli(t, nil, "inspect", "--check", checkpoints+"complex.pt")
	require.Zero(t, code, errs)
	require.Contains(t, out, "c     complex64  1       8 B\n")
}

// What PyTorch finds in a TorchScript archive of half precision.
func TestInspectTorchScript(t *testing.T) {
	code, out, errs := cli(t, nil, "inspect", "--json", checkpoints+"script_half.pt")
	require.Zero(t, code, errs)
	var r inspectReport
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Equal(t, "torchscript", r.Format)
	require.Equal(t, 14, r.Weights)
	for _, x := range r.Tensors {
		if strings.HasSuffix(x.Name, "weight") {
			require.Equal(t, "float16", x.DType)
		}
	}
}

func TestInspectRefusesInOneLine(t *testing.T) {
	dir := t.TempDir()
	file := func(name, data string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(data), 0o644))
		return path
	}
	for says, args := range map[string][]string{
		"accepts 1 arg(s), received 0":   {"inspect"},
		"accepts 1 arg(s), received 2":   {"inspect", "a", "b"},
		"unknown flag: --nonsense":       {"inspect", "--nonsense"},
		"no such file or directory":      {"inspect", filepath.Join(dir, "none")},
		"is a directory; name a file":    {"inspect", dir},
		"is empty":                       {"inspect", file("x.bin", "")},
		"truncated: 3 bytes":             {"inspect", file("x.safetensors", "abc")},
		"absurd header length":           {"inspect", file("y.safetensors", "\x00\x00\x00\x00\x01\x00\x00\x00{}")},
		`it asks for "os.system"`:        {"inspect", checkpoints + "evil.pt"},
		"which is not part of a checkpo": {"inspect", "--check", "--json", checkpoints + "module.pt"},
		"unknown kind of file":           {"inspect", "inspect_test.go"},
		"would lie outside":              {"inspect", file("i.json", `{"weight_map":{"a":"../a.safetensors"}}`)},
	} {
		code, out, errs := cli(t, nil, args...)
		require.Equal(t, exitUse, code, args)
		require.Empty(t, out, args)
		require.Contains(t, errs, says, args)
		require.Equal(t, 1, strings.Count(errs, "\n"), errs)
		require.NotContains(t, errs, "tensorfile:")
	}
}

// compareNatural is an order: antisymmetric and transitive, and equal only for equal names.
func TestCompareNaturalIsAnOrder(t *testing.T) {
	want := []string{"", "a", "a.0", "a.01", "a.1", "a.2", "a.10", "a.10.b", "a.x", "b2", "b10"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, compareNatural)
	require.Equal(t, want, got)
	name := rapid.StringMatching(`[a.0-2]{0,5}`)
	rapid.Check(t, func(r *rapid.T) {
		a, b, c := name.Draw(r, "a"), name.Draw(r, "b"), name.Draw(r, "c")
		sign := func(a, b string) int { return max(-1, min(1, compareNatural(a, b))) }
		require.Equal(r, -sign(b, a), sign(a, b))
		require.Equal(r, a == b, sign(a, b) == 0)
		if sign(a, b) < 0 && sign(b, c) < 0 {
			require.Negative(r, sign(a, c))
		}
	})
}
