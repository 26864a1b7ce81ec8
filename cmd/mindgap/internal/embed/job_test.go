package embed

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine/tensorfile"
)

const width = 3

// job is one whose row i is (i + 1, 2, -2): bad says which inputs cannot be read. seen gets
// the inputs that the network saw.
func job(n int, bad map[int]error, seen *[]int) *Job {
	j := &Job{Unit: "images", Width: width, Batch: 4, Key: Key{Model: "resnet18", Weights: "w", Inputs: "i", Device: "d"}}
	for i := range n {
		j.Names = append(j.Names, fmt.Sprintf("%02d.png", i))
	}
	j.Walk = func(ctx context.Context, from, batch int) iter.Seq2[Rows, error] {
		return func(yield func(Rows, error) bool) {
			for ; from < n; from += batch {
				if ctx.Err() != nil {
					yield(Rows{}, context.Cause(ctx))
					return
				}
				rows := Rows{First: from, Count: min(batch, n-from), Bad: bad}
				for i := from; i < from+rows.Count; i++ {
					rows.Values = append(rows.Values, float32(i+1), 2, -2)
					if seen != nil {
						*seen = append(*seen, i)
					}
				}
				if !yield(rows, nil) {
					return
				}
			}
		}
	}
	return j
}

// read gives the numbers and the names that a run wrote.
func read(t *testing.T, out string) (rows []float32, names string) {
	r, err := tensorfile.OpenArray(out)
	require.NoError(t, err)
	defer r.Close()
	require.Equal(t, width, r.Cols())
	rows, err = r.ReadAll()
	require.NoError(t, err)
	data, err := os.ReadFile(NamesFile(out))
	require.NoError(t, err)
	return rows, string(data)
}

func TestRunWritesEveryFormat(t *testing.T) {
	for _, end := range []string{"npy", "NPY", "safetensors", "csv"} {
		for _, raw := range []bool{true, false} {
			out := filepath.Join(t.TempDir(), "x."+end)
			r, err := job(10, nil, nil).Run(t.Context(), Options{Out: out, Raw: raw})
			require.NoError(t, err)
			require.Equal(t, []int{10, 3, 0, 10}, []int{r.Rows, r.Width, r.Had, r.Done})
			rows, names := read(t, out)
			require.Len(t, rows, 30)
			for i := range 10 {
				length := 1.0
				if !raw { // of (i + 1, 2, -2)
					length = math.Sqrt(float64((i+1)*(i+1) + 8))
				}
				require.Equal(t, []float32{float32(float64(i+1) / length), float32(2 / length), float32(-2 / length)}, rows[3*i:][:3])
			}
			require.Equal(t, strings.Join(job(10, nil, nil).Names, "\n")+"\n", names)
			all, err := filepath.Glob(filepath.Join(filepath.Dir(out), "*"))
			require.NoError(t, err)
			require.Len(t, all, 2, "no partial file is left")
		}
	}
}

// An interrupted run goes on after the rows that it had, and ends as if nothing had happened.
func TestRunGoesOn(t *testing.T) {
	whole, out := filepath.Join(t.TempDir(), "x.npy"), filepath.Join(t.TempDir(), "x.npy")
	_, err := job(10, nil, nil).Run(t.Context(), Options{Out: whole})
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	j := job(10, nil, nil)
	walk := j.Walk
	j.Walk = func(ctx context.Context, from, batch int) iter.Seq2[Rows, error] {
		return func(yield func(Rows, error) bool) {
			for rows, err := range walk(ctx, from, batch) {
				if !yield(rows, err) {
					return
				}
				cancel() // after the first batch
			}
		}
	}
	r, err := j.Run(ctx, Options{Out: out})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []int{4, 4}, []int{r.Done, r.Rows})
	require.NoFileExists(t, out)
	require.FileExists(t, r.Partial)

	var seen []int
	r, err = job(10, nil, &seen).Run(t.Context(), Options{Out: out, Batch: 5})
	require.NoError(t, err)
	require.Equal(t, []int{4, 5, 6, 7, 8, 9}, seen)
	require.Equal(t, []int{4, 10}, []int{r.Had, r.Rows})
	want, wantNames := read(t, whole)
	got, names := read(t, out)
	require.Equal(t, want, got)
	require.Equal(t, wantNames, names)
	require.NoFileExists(t, r.Partial)
}

// stopped leaves the partial file of a run of ten inputs whose input 6 is bad.
func stopped(t *testing.T) (out string) {
	out = filepath.Join(t.TempDir(), "x.npy")
	r, err := job(10, map[int]error{6: errors.New("06.png: it is torn")}, nil).Run(t.Context(), Options{Out: out})
	require.EqualError(t, err, "06.png: it is torn; repair or remove it, or leave out what cannot be read with --skip-bad")
	require.Equal(t, 6, r.Done, "the rows before it are kept")
	return out
}

// What a crash has torn or damaged is computed again.
func TestRunAfterCrash(t *testing.T) {
	for name, harm := range map[string]struct {
		do   func(data []byte, head, size int) []byte
		from int
	}{
		"torn record":     {func(b []byte, _, _ int) []byte { return b[:len(b)-5] }, 5},
		"half of another": {func(b []byte, _, _ int) []byte { return append(b, 1, 2, 3) }, 6},
		"zeros behind":    {func(b []byte, _, size int) []byte { return append(b, make([]byte, 2*size)...) }, 6},
		"damaged record":  {func(b []byte, head, size int) []byte { b[head+2*size+9] ^= 1; return b }, 2},
		"torn head":       {func(b []byte, head, _ int) []byte { return b[:head-3] }, 0},
		"empty":           {func(b []byte, _, _ int) []byte { return nil }, 0},
	} {
		out := stopped(t)
		data, err := os.ReadFile(partialFile(out))
		require.NoError(t, err)
		head, size := strings.IndexByte(string(data), '\n')+1, 8+4*width
		require.Len(t, data, head+6*size)
		require.NoError(t, os.WriteFile(partialFile(out), harm.do(data, head, size), 0o644))
		var seen []int
		r, err := job(10, nil, &seen).Run(t.Context(), Options{Out: out, Raw: true})
		require.NoError(t, err, name)
		require.Equal(t, harm.from, r.Had, name)
		require.Equal(t, harm.from, seen[0], name)
		rows, _ := read(t, out)
		for i := range 10 {
			require.Equal(t, float32(i+1), rows[3*i], name)
		}
	}
}

func TestRunSkipsBad(t *testing.T) {
	out := stopped(t)
	long := strings.Repeat("why ", 10) // more than a record holds
	bad := map[int]error{6: errors.New("06.png: it\nis torn"), 9: &fs.PathError{Op: "open", Path: "09.png", Err: errors.New(long)}}
	j := job(10, bad, nil)
	walk := j.Walk
	j.Walk = func(ctx context.Context, from, batch int) iter.Seq2[Rows, error] {
		return func(yield func(Rows, error) bool) {
			for rows, err := range walk(ctx, from, batch) {
				if rows.First >= 8 {
					yield(Rows{}, errors.New("fault"))
					return
				}
				if !yield(rows, err) {
					return
				}
			}
		}
	}
	r, err := j.Run(t.Context(), Options{Out: out, SkipBad: true, Batch: 2})
	require.EqualError(t, err, "fault")
	require.Equal(t, []Bad{{6, "06.png", "06.png: it is torn"}}, r.Bad)
	require.Equal(t, []int{8, 7}, []int{r.Done, r.Rows})

	// What was bad in the interrupted run is told by the one that goes on.
	r, err = job(10, bad, nil).Run(t.Context(), Options{Out: out, SkipBad: true, Raw: true})
	require.NoError(t, err)
	require.Equal(t, []int{8, 8}, []int{r.Had, r.Rows})
	require.Equal(t, []Bad{{6, "06.png", "06.png: it is torn"[:4*width]}, {9, "09.png", "09.png: " + long}}, r.Bad)
	rows, names := read(t, out)
	require.Len(t, rows, 8*width)
	require.Equal(t, float32(8), rows[6*width], "row 6 is of input 7")
	require.Equal(t, "00.png\n01.png\n02.png\n03.png\n04.png\n05.png\n07.png\n08.png\n", names)

	out = filepath.Join(t.TempDir(), "x.npy")
	_, err = job(2, map[int]error{0: errors.New("0"), 1: errors.New("1")}, nil).Run(t.Context(), Options{Out: out, SkipBad: true})
	require.EqualError(t, err, "none of the 2 images could be read; the first: 0")
	require.NoFileExists(t, out)
}

// Rows of other inputs, weights, models, vocabularies or devices never come together.
func TestRunRefusesAnotherKey(t *testing.T) {
	out := stopped(t)
	before, err := os.ReadFile(partialFile(out))
	require.NoError(t, err)
	for what, change := range map[string]func(*Job){
		"model":          func(j *Job) { j.Key.Model = "vit" },
		"weights":        func(j *Job) { j.Key.Weights = "random, seed 2" },
		"list of inputs": func(j *Job) { j.Key.Inputs = "x" },
		"vocabulary":     func(j *Job) { j.Key.Vocabulary = "x" },
		"device":         func(j *Job) { j.Key.Device = "x" },
	} {
		j := job(10, nil, nil)
		change(j)
		_, err := j.Run(t.Context(), Options{Out: out})
		require.EqualError(t, err, partialFile(out)+": holds the rows of an interrupted run with another "+what+"; finish that run, or begin anew with --restart")
	}
	after, err := os.ReadFile(partialFile(out))
	require.NoError(t, err)
	require.Equal(t, before, after)

	var seen []int
	j := job(10, nil, &seen)
	j.Key.Model = "vit"
	r, err := j.Run(t.Context(), Options{Out: out, Restart: true})
	require.NoError(t, err)
	require.Zero(t, r.Had)
	require.Len(t, seen, 10)

	require.NoError(t, os.WriteFile(partialFile(out), []byte("mine"), 0o644))
	_, err = job(10, nil, nil).Run(t.Context(), Options{Out: out})
	require.ErrorContains(t, err, "was not left by this command")
	data, err := os.ReadFile(partialFile(out))
	require.NoError(t, err)
	require.Equal(t, "mine", string(data))
}

// A row that is not finite is a fault of the weights; one of zeros is counted.
func TestRunStrangeRows(t *testing.T) {
	strange := func(v float32) *Job {
		j := job(3, nil, nil)
		walk := j.Walk
		j.Walk = func(ctx context.Context, from, batch int) iter.Seq2[Rows, error] {
			return func(yield func(Rows, error) bool) {
				for rows, err := range walk(ctx, from, batch) {
					copy(rows.Values[(1-rows.First)*width:], []float32{v, 0, 0}) // input 1
					yield(rows, err)
				}
			}
		}
		return j
	}
	out := filepath.Join(t.TempDir(), "x.npy")
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		r, err := strange(float32(v)).Run(t.Context(), Options{Out: out, SkipBad: true})
		require.EqualError(t, err, "01.png: its embedding is not finite: the weights overflow float32")
		require.Equal(t, 1, r.Done)
	}
	r, err := strange(0).Run(t.Context(), Options{Out: out})
	require.NoError(t, err)
	require.Equal(t, []int{1, 1}, []int{r.Had, r.Zero})
	rows, _ := read(t, out)
	require.Equal(t, []float32{0, 0, 0}, rows[3:6])
}

// A run that has nothing to keep leaves no file.
func TestRunLeavesNothing(t *testing.T) {
	out := filepath.Join(t.TempDir(), "x.npy")
	_, err := job(3, map[int]error{0: errors.New("torn")}, nil).Run(t.Context(), Options{Out: out})
	require.ErrorContains(t, err, "torn")
	all, err := os.ReadDir(filepath.Dir(out))
	require.NoError(t, err)
	require.Empty(t, all)
}

// Names stay on their lines.
func TestNames(t *testing.T) {
	j := job(3, nil, nil)
	j.Names = []string{"a\nb", "", "a\tcat, \"ä\""}
	out := filepath.Join(t.TempDir(), "x.csv")
	_, err := j.Run(t.Context(), Options{Out: out})
	require.NoError(t, err)
	_, names := read(t, out)
	require.Equal(t, "\"a\\nb\"\n\na\tcat, \"ä\"\n", names)
}

func FuzzPartial(f *testing.F) {
	h := partialHead{Format: partialFormat, Key: Key{Model: "m"}, Width: 1, Count: 3}
	head := `{"mindgap":"embed 1","model":"m","weights":"","inputs":"","device":"","width":1,"count":3}` + "\n"
	record := binary.LittleEndian.AppendUint32(nil, 0)
	f.Add([]byte(head))
	f.Add([]byte(head[:20]))
	f.Add(append([]byte(head), append(record, 1, 0, 0, 0, 0, 0, 0, 0)...))
	f.Add([]byte("[]\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "p")
		require.NoError(t, os.WriteFile(path, data, 0o644))
		p, err := openPartial(path, h, false)
		if err != nil {
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, data, after, "what is refused is left alone")
			return
		}
		require.LessOrEqual(t, p.done, 3)
		n := 0
		require.NoError(t, p.rows(func([]float32) error { n++; return nil }))
		require.Equal(t, p.done-len(p.bad), n)
		for p.done < 3 {
			p.row([]float32{7})
			require.NoError(t, p.keep())
		}
		p.close(false)
		again, err := openPartial(path, h, false)
		require.NoError(t, err)
		require.Equal(t, 3, again.done)
		again.close(true)
		require.NoFileExists(t, path)
	})
}
