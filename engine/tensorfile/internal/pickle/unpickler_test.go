package pickle

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// load reads one pickle within a limit. "m.f" is a function that keeps its first argument,
// "m.C" a class.
func load(data string, limit int64) (any, error) {
	u := New(strings.NewReader(data), int64(len(data)), limit)
	u.Find = func(module, name string) (any, error) {
		switch full := module + "." + name; full {
		case "m.f", "builtins.set", "builtins.frozenset", "builtins.bytearray", "__builtin__.set", "__builtin__.frozenset", "__builtin__.bytearray", "_codecs.encode":
			return &Func{full, func(_ *Unpickler, args Tuple) (any, error) {
				if len(args) == 0 {
					return nil, errors.New("no arguments")
				}
				return args[0], nil
			}}, nil
		case "m.C":
			return Class(full), nil
		default:
			return nil, fmt.Errorf("refused: %.40q", full)
		}
	}
	u.Persistent = func(id any) (any, error) { return id, nil }
	return u.Load()
}

// What CPython wrote (testdata/values.py), in every protocol.
func TestReadsEveryProtocol(t *testing.T) {
	for p := 1; p <= 5; p++ {
		data, err := os.ReadFile(fmt.Sprintf("testdata/protocol%d.pickle", p))
		require.NoError(t, err)
		v, err := load(string(data), Limit)
		require.NoError(t, err, p)
		list, ok := v.(*List)
		require.True(t, ok)
		big := any(Big("\x00\x00\x00\x00\x00\x00\x00\x00\x40")) // 2^70
		if p == 1 {
			big = int64(1) << 62
		}
		wrap := func(s string) any { return Bytes(s) }
		if p < 3 { // bytes are then made of a text
			wrap = func(s string) any { return s }
		}
		array := any(Bytes("x"))
		if p == 1 || p == 2 {
			array = "x"
		}
		want := []any{
			int64(1), int64(-1), int64(300), int64(70000), int64(1) << 40, int64(-1) << 40, big, 1.5, "é", strings.Repeat("x", 300),
			wrap("ab"), wrap(strings.Repeat("c", 300)), Tuple(nil), Tuple{int64(1)}, Tuple{int64(1), int64(2)},
			Tuple{int64(1), int64(2), int64(3)}, Tuple{int64(1), int64(2), int64(3), int64(4)},
			nil, &List{[]any{int64(3)}}, &List{[]any{int64(2)}}, array, "é",
		}
		require.Len(t, list.Items, len(want))
		for i, w := range want {
			if d, ok := list.Items[i].(*Dict); ok {
				require.Equal(t, []any{"k", int64(7)}, d.Keys)
				require.Equal(t, []any{nil, &List{[]any{true, false}}}, d.Values)
				none, found := d.Get("k")
				require.True(t, found)
				require.Nil(t, none)
				continue
			}
			require.Equal(t, w, list.Items[i], "protocol %d, item %d", p, i)
		}
	}
}

// Opcodes by hand, as Lib/pickletools.py documents them.
func TestOpcodes(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		want any
	}{
		"pop":            {"K\x01K\x020.", int64(1)},
		"pop a mark":     {"K\x01(0.", int64(1)},
		"pop to a mark":  {"K\x01(K\x02K\x031.", int64(1)},
		"dup":            {"K\x012\x86.", Tuple{int64(1), int64(1)}},
		"memo":           {"K\x05q\x07h\x07\x86.", Tuple{int64(5), int64(5)}},
		"long memo":      {"K\x05r\x00\x00\x00\x80j\x00\x00\x00\x80\x86.", Tuple{int64(5), int64(5)}},
		"list":           {"(K\x01K\x02l.", &List{[]any{int64(1), int64(2)}}},
		"append":         {"]K\x01a.", &List{[]any{int64(1)}}},
		"negative long":  {"\x8a\x01\xff.", int64(-1)},
		"long of 0":      {"\x8a\x00.", int64(0)},
		"long of 8":      {"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f.", int64(1<<63 - 1)},
		"long4":          {"\x8b\x02\x00\x00\x00\x00\x01.", int64(256)},
		"python 2 text":  {"U\x02ab.", "ab"},
		"longer text":    {"T\x02\x00\x00\x00ab.", "ab"},
		"reduce":         {"cm\nf\nK\x07\x85R.", int64(7)},
		"new":            {"cm\nC\n)\x81.", &Object{Class: "m.C"}},
		"new with state": {"cm\nC\n)\x81K\x07b.", &Object{Class: "m.C", State: int64(7)}},
		"reduced class":  {"cm\nC\nK\x07\x85R.", &Object{Class: "m.C", State: Tuple{int64(7)}}},
		"stack global":   {"\x8c\x01m\x8c\x01C\x93.", Class("m.C")},
		"persistent":     {"K\x07Q.", int64(7)},
		"frame":          {"\x80\x04\x95\x03\x00\x00\x00\x00\x00\x00\x00K\x01.", int64(1)},
	} {
		got, err := load(c.data, 4096)
		require.NoError(t, err, name)
		require.Equal(t, c.want, got, name)
	}
	v, err := load("}(X\x01\x00\x00\x00aK\x01X\x01\x00\x00\x00aK\x02K\x01Nu(K\x01K\x03d\x86.", 4096)
	require.NoError(t, err)
	d := v.(Tuple)[0].(*Dict)
	require.Equal(t, []any{"a", int64(1)}, d.Keys, "an equal key replaces")
	require.Equal(t, []any{int64(2), nil}, d.Values)
	require.Equal(t, []any{int64(3)}, v.(Tuple)[1].(*Dict).Values)
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct{ data, says string }{
		"empty":               {"", "truncated"},
		"no stop":             {"K\x01", "truncated"},
		"cut number":          {"J\x01\x02", "truncated"},
		"stop on nothing":     {".", "empty stack"},
		"global":              {"cos\nsystem\n.", `refused: "os.system"`},
		"stack global":        {"\x8c\x02os\x8c\x06system\x93.", `refused: "os.system"`},
		"instance":            {"(ios\nsystem\n.", `refused: "os.system"`},
		"instance of a class": {"(im\nC\n.", "INST"},
		"names are numbers":   {"K\x01K\x02\x93.", "not a text"},
		"object":              {"(cm\nC\no.", "opcode 0x6f"},
		"extension":           {"\x82\x01.", "opcode 0x82"},
		"out-of-band buffer":  {"\x97.", "opcode 0x97"},
		"protocol 0's text":   {"S'a'\n.", "opcode 0x53"},
		"text persistent id":  {"P1\n.", "opcode 0x50"},
		"protocol 6":          {"\x80\x06.", "protocol 6"},
		"no mark":             {"t.", "a mark that is not there"},
		"pop beyond a mark":   {"K\x01(\x85.", "empty stack"},
		"no memo":             {"h\x01.", "entry 1 of its memo"},
		"append to a number":  {"K\x01K\x02a.", "appends to an int"},
		"item of a list":      {"]K\x01K\x02s.", "an item of a list"},
		"odd items":           {"}(K\x01u.", "key without a value"},
		"call a number":       {"K\x01)R.", "calls an int"},
		"arguments":           {"cm\nf\n]R.", "are a list, not a tuple"},
		"function's error":    {"cm\nf\n)R.", "m.f: no arguments"},
		"attributes of a str": {"U\x01a}b.", "attributes of a str"},
		"text too long":       {"X\xff\xff\xff\xffab.", "4294967295 bytes, but 3 are left"},
		"text of 2^63":        {"\x8d\xff\xff\xff\xff\xff\xff\xff\xffab.", "bytes, but 3 are left"},
		"long line":           {"c" + strings.Repeat("a", 9000) + "\n\n.", "a line of more than"},
		"not a number":        {"Iabc\n.", "is not a whole number"},
	} {
		_, err := load(c.data, 1<<20)
		require.ErrorContains(t, err, c.says, name)
		require.ErrorContains(t, err, "pickle, byte ", name)
		require.Less(t, len(err.Error()), 300, name)
	}
}

// Short pickles that would make much: each stops at the limit, having allocated little more
// (the count is of all that was ever allocated: a stack that grows counts at each size).
func TestBombs(t *testing.T) {
	const limit, n = 1 << 18, 1<<18 + 1
	text := "X\x00\x00\x08\x00" + strings.Repeat("a", 512<<10)
	for name, data := range map[string]string{
		"stack":     strings.Repeat("N", n),
		"marks":     strings.Repeat("(", n),
		"dups":      "N" + strings.Repeat("2", n),
		"lists":     strings.Repeat("]", n),
		"dicts":     strings.Repeat("}", n),
		"tuples":    "N" + strings.Repeat("\x85", n),
		"memo":      "N" + strings.Repeat("\x94", n),
		"instances": "cm\nC\nq\x00" + strings.Repeat("h\x00)\x81", n),
		"texts":     strings.Repeat(text, 4),
		"doubling":  "(" + strings.Repeat("N", 1000) + "lq\x00" + strings.Repeat("(h\x00h\x00lq\x00", n),
		"frames":    strings.Repeat("\x95\x00\x00\x00\x00\x00\x00\x00\x00", n),
		"pops":      strings.Repeat("N0", n),
		"numbers":   "]" + strings.Repeat("G\x00\x00\x00\x00\x00\x00\x00\x00a", n),
	} {
		before := allocated()
		_, err := load(data, limit)
		require.ErrorContains(t, err, "more than 262144 bytes of Python values", name)
		require.Less(t, allocated()-before, uint64(8*limit), name)
	}
}

// A length that is only a claim allocates nothing of its size.
func TestClaimsAllocateNothing(t *testing.T) {
	u := New(strings.NewReader("X\x00\x00\x00\x0fab"), 1<<40, 1<<40) // the size is a claim too
	before := allocated()
	_, err := u.Load()
	require.ErrorContains(t, err, "truncated")
	require.Less(t, allocated()-before, uint64(1<<20))
}

// allocated is the bytes ever allocated.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func FuzzLoad(f *testing.F) {
	for p := 1; p <= 5; p++ {
		data, err := os.ReadFile(fmt.Sprintf("testdata/protocol%d.pickle", p))
		require.NoError(f, err)
		f.Add(string(data))
	}
	f.Add("cm\nC\n)\x81}(U\x01aK\x01u}bb.")
	f.Add("}(K\x01]K\x02q\x01h\x01asu2\x86Q.")
	f.Fuzz(func(t *testing.T, data string) {
		const limit = 1 << 20
		if _, err := load(data, limit); err != nil {
			require.NotContains(t, err.Error(), "\n")
			require.Less(t, len(err.Error()), 600)
		}
	})
}
