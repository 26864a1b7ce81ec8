package engine

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Near rounds by ratio: n lies within a factor sqrt 2 of it.
func TestNear(t *testing.T) {
	for n, want := range map[int32]int32{
		-5: 0, 0: 0, 1: 1, 2: 2, 3: 4, 4: 4, 5: 4, 6: 8, 11: 8, 12: 16, 197: 256, 724: 512, 725: 1024, 768: 1024,
		1000: 1024, 3072: 4096, math.MaxInt32: 1 << 30,
	} {
		require.Equal(t, want, Near(n), "%d", n)
	}
	for n := int32(1); n < 1<<30; n += 1 + n/7 {
		r := float64(Near(n)) / float64(n)
		require.True(t, r > 1/math.Sqrt2-1e-9 && r <= math.Sqrt2+1e-9, "%d becomes %d", n, Near(n))
	}
}

func TestBucketText(t *testing.T) {
	require.Equal(t, "m=512 upper=0", Bucket{{"m", 512}, {"upper", 0}}.String())
	require.Empty(t, Bucket{}.String())
}

// twoVariants is double with a second variant, which is never preferred.
func twoVariants() *Kernel[doubleParams] {
	k := doubleKernel()
	second := k.Variants[0]
	second.Name, second.Defines, second.Prefer = "second", []string{"SECOND=1"}, Never[doubleParams]
	k.Variants = append([]Variant[doubleParams]{second}, k.Variants...)
	k.Bucket = func(p doubleParams) Bucket { return Bucket{{"n", Near(p.N)}} }
	return k
}

// picks makes a table for a device from triples of kernel, bucket and variant.
func picks(c Caps, words ...string) *Tuning {
	t := &Tuning{Schema: TuningSchema}
	for i := 0; i < len(words); i += 3 {
		t.Put(c.Renderer, c.Version, []Pick{{Kernel: words[i], Bucket: words[i+1], Variant: words[i+2]}})
	}
	return t
}

// taken is the variant of one launch on n elements.
func taken(t *testing.T, d *Device, k *Kernel[doubleParams], n int) string {
	t.Helper()
	s := d.Scope()
	defer s.Close()
	records, err := d.Trace(func() { k.Run(doubleParams{int32(n)}, s.Zeros(n), s.Zeros(n)) })
	require.NoError(t, err)
	require.Len(t, records, 1)
	return records[0].Variant
}

func TestGLTakesTheTunedVariant(t *testing.T) {
	untuned := onGL(t)
	c := untuned.Caps()
	require.Empty(t, c.Tuning)
	require.Equal(t, "scalar", taken(t, untuned, twoVariants(), 100))

	d := onGL(t, WithTuning(nil, picks(c, "double", "n=128", "second", "double", "n=64", "gone", "other", "n=64", "second")))
	require.True(t, strings.HasPrefix(d.Caps().Tuning, "file "), d.Caps().Tuning)
	k := twoVariants()
	require.Equal(t, "second", taken(t, d, k, 100), "100 is rounded to 128")
	require.Equal(t, "scalar", taken(t, d, k, 64), "a variant that the kernel does not have")
	require.Equal(t, "scalar", taken(t, d, k, 1000), "a bucket that was not measured")
	d.Force("double", "scalar")
	require.Equal(t, "scalar", taken(t, d, k, 100), "a forced variant wins")
	d.Force("double", "")
	k.Variants[0].Fits = func(p doubleParams, _ *Caps) bool { return p.N < 100 }
	require.Equal(t, "scalar", taken(t, d, k, 100), "a variant that cannot run this launch")
	require.Equal(t, "second", taken(t, d, k, 99))
	k.Bucket = nil
	require.Equal(t, "scalar", taken(t, d, k, 99), "a kernel without buckets is not tuned")
}

// A tuned variant gives way where it would bind more than the device binds at once: sizes of
// a bucket lie up to a factor of two apart, 12000 and 16384 floats in one.
func TestGLTunedVariantsMustBeBound(t *testing.T) {
	c := onGL(t).Caps()
	d := onGL(t, WithBlockLimit(1<<16), WithTuning(nil, picks(c, "double", "n=16384", "second")))
	s := d.Scope()
	defer s.Close()
	k := twoVariants()
	k.Split = nil
	x, y := s.Floats(1<<14), s.Floats(1<<14)
	require.Equal(t, "second", k.tunedVariant(d, doubleParams{12000}, []int{12000, 12000}, []*Tensor{y, x}).Name)
	require.Nil(t, k.tunedVariant(d, doubleParams{1 << 14}, []int{1 << 14, 1 << 14}, []*Tensor{y, x}))
}

// The file goes before the seeds; seeds of another version of the renderer's driver count where
// there is no better, the file's do not; and the names of tables tell apart what chooses
// differently.
func TestTablesOfADevice(t *testing.T) {
	c := &Caps{Kind: "gl", Renderer: "card", Version: "2"}
	at := func(version string, words ...string) *Tuning {
		return picks(Caps{Renderer: "card", Version: version}, words...)
	}
	table := func(seeds, file *Tuning) (tuned, string) { return newTuned(config{seeds: seeds, tuning: file}, c) }

	_, name := table(nil, nil)
	require.Empty(t, name)
	old, name := table(at("1", "k", "n=1", "old"), nil)
	require.Equal(t, "old", old["k"]["n=1"])
	require.True(t, strings.HasPrefix(name, "seeds "))

	both := at("1", "k", "n=1", "old")
	both.Put("card", "2", []Pick{{Kernel: "k", Bucket: "n=1", Variant: "new"}})
	exact, second := table(both, nil)
	require.Equal(t, "new", exact["k"]["n=1"])
	require.NotEqual(t, name, second)

	none, name := table(nil, at("1", "k", "n=1", "old"))
	require.Empty(t, none)
	require.Empty(t, name)
	merged, name := table(at("2", "k", "n=1", "a", "k", "n=2", "b"), at("2", "k", "n=2", "c"))
	require.Equal(t, map[string]string{"n=1": "a", "n=2": "c"}, merged["k"])
	require.True(t, strings.HasPrefix(name, "file "))

	host, name := newTuned(config{tuning: at("2", "k", "n=1", "a")}, &Caps{Kind: "host", Renderer: "card", Version: "2"})
	require.Empty(t, host)
	require.Empty(t, name)
}

// Picks made from other variants are no longer used; the file keeps them.
func TestOnlyCurrentPicksCount(t *testing.T) {
	k := twoVariants()
	digest := VariantsDigest(k)
	all := &Tuning{Schema: TuningSchema}
	all.Put("card", "1", []Pick{
		{Kernel: "double", Bucket: "n=1", Variant: "second", Candidates: digest}, {Kernel: "double", Bucket: "n=2", Variant: "second", Candidates: "old"},
		{Kernel: "unknown", Bucket: "n=1", Variant: "second", Candidates: ""},
	})
	now := all.Current([]Spec{k}).Find("card", "1")
	require.Len(t, now.Picks, 1)
	require.Equal(t, "n=1", now.Picks[0].Bucket)
	require.Len(t, all.Devices[0].Picks, 3)
	require.Nil(t, (*Tuning)(nil).Current([]Spec{k}))

	k.Variants[0].Defines = []string{"SECOND=2"}
	require.NotEqual(t, digest, VariantsDigest(k))
	require.Empty(t, all.Current([]Spec{k}).Find("card", "1").Picks)
}

// Asking the table costs no allocation, with and without entries.
func TestTunedNameAllocatesNothing(t *testing.T) {
	k, p := twoVariants(), doubleParams{100}
	for _, table := range []tuned{nil, {"double": {"n=128": "second"}}} {
		d := &Device{tuned: table}
		require.Equal(t, table["double"]["n=128"], k.tunedName(d, p))
		require.Zero(t, testing.AllocsPerRun(100, func() { k.tunedName(d, p) }))
	}
}

func TestTuneCasesAreOnePerBucket(t *testing.T) {
	k := twoVariants()
	k.Bench = []doubleParams{{100}, {128}, {1000}}
	require.Equal(t, []any{doubleParams{100}, doubleParams{1000}}, k.TuneCases(&Caps{}))
	require.Equal(t, "n=1024", k.BucketOf(doubleParams{1000}))
	k.Tune = func(c *Caps) []doubleParams { return []doubleParams{{int32(c.Cores)}} }
	require.Equal(t, []any{doubleParams{7}}, k.TuneCases(&Caps{Cores: 7}))
	k.Bucket = nil
	require.Empty(t, k.TuneCases(&Caps{}))
	require.Empty(t, k.BucketOf(doubleParams{1000}))
}

// What Encode writes reads back equal, whatever order picks came in, byte by byte.
func TestTuningRoundTrip(t *testing.T) {
	a := &Tuning{Schema: TuningSchema}
	a.Put("b <card>", "2", []Pick{{"k", "n=2", "v", 0.5, "w", 0.75, "c0"}, {"k", "n=1", "v", 1e-6, "v", 1e-6, ""}})
	a.Put("a card", "1", []Pick{{"j", "n=1", "x", 1, "x", 1, ""}})
	b := &Tuning{Schema: TuningSchema}
	b.Put("a card", "1", []Pick{{"j", "n=1", "y", 1, "x", 1, ""}, {"j", "n=1", "x", 1, "x", 1, ""}})
	b.Put("b <card>", "2", []Pick{{"k", "n=1", "v", 1e-6, "v", 1e-6, ""}, {"k", "n=2", "v", 0.5, "w", 0.75, "c0"}})
	require.Equal(t, string(a.Encode()), string(b.Encode()))
	read, err := ReadTuning(a.Encode())
	require.NoError(t, err)
	require.Equal(t, string(a.Encode()), string(read.Encode()))
	require.Equal(t, "v", read.Find("b <card>", "2").Find("k", "n=2").Variant)
	require.Nil(t, read.Find("b <card>", "3").Find("k", "n=2"))
	require.Equal(t, 1, read.Drop("b <card>", "2", func(p Pick) bool { return p.Bucket == "n=1" }))
	require.Equal(t, 1, read.Drop("b <card>", "2", func(Pick) bool { return true }))
	require.Nil(t, read.Find("b <card>", "2"))
	require.NotNil(t, read.Find("a card", "1"))
	empty, err := ReadTuning((&Tuning{}).Encode())
	require.NoError(t, err)
	require.Empty(t, empty.Devices)
}

func TestHostileTunings(t *testing.T) {
	long := strings.Repeat("x", maxTuningText+1)
	device := func(pick string) string {
		return `{"schema":1,"devices":[{"renderer":"r","version":"v","picks":[` + pick + `]}]}`
	}
	for text, want := range map[string]string{
		"":                          "no JSON",
		"{":                         "no JSON",
		"null":                      "schema 0, want 1",
		"[]":                        "no JSON",
		strings.Repeat("[", 1<<20):  "no JSON",
		`{"schema":2}`:              "schema 2, want 1",
		`{"schema":1} {"schema":1}`: "more than one",
		`{"schema":1}x`:             "more than one",
		`{"schema":"` + long + `"}`: "no JSON",
		`{"schema":1,"devices":[` + strings.Repeat(`{},`, 64) + `{}]}`:        "65 devices",
		device(`{"kernel":"k","bucket":"b"}`):                                 "device 0: pick 0: kernel, bucket and variant must be named",
		device(`{"kernel":"k","bucket":"b","variant":"v\u0007"}`):             "is not a name",
		device(`{"kernel":"k","bucket":"b","variant":"` + long + `"}`):        "a name of 257 bytes",
		device(`{"kernel":"k","bucket":"b","variant":"v","seconds":-1}`):      "no seconds",
		device(`{"kernel":"k","bucket":"b","variant":"v","seconds":1e99999}`): "no JSON",
		device(`{},` + strings.Repeat(`{},`, maxTuningPicks) + `{}`):          "16386 picks",
		strings.Repeat(" ", maxTuningBytes+1):                                 "more than 4 MiB",
	} {
		_, err := ReadTuning([]byte(text))
		require.ErrorContains(t, err, want, "%.80s", text)
		require.NotContains(t, err.Error(), "\n")
		require.Less(t, len(err.Error()), 400)
	}
}

// Whatever bytes a file has, reading it gives an error or what can be written and read again.
func FuzzReadTuning(f *testing.F) {
	f.Add([]byte(`{"schema":1,"devices":[{"renderer":"r","version":"v","picks":[{"kernel":"k","bucket":"n=1","variant":"v","seconds":1}]}]}`))
	f.Add([]byte(`{"schema":1,"devices":[{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := ReadTuning(data)
		if err != nil {
			return
		}
		b, err := ReadTuning(a.Encode())
		require.NoError(t, err)
		require.Equal(t, string(a.Encode()), string(b.Encode()))
		newTuned(config{seeds: a, tuning: a}, &Caps{Kind: "gl", Renderer: "r", Version: "v"})
	})
}
