package tensorfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mindgap/engine/tensorfile/internal/pickle"
)

// Pickles that ask for code are refused by name, in every form of file and protocol.
func TestTorchRefusesCodeByName(t *testing.T) {
	for file, names := range map[string]string{
		"evil.pt": "os.system", "evil_plain.pt": "os.system", "evil_old.pt": "os.system", "evil_new.pt": "os.system",
		"module.pt": "__main__.Net", "quantized.pt": "torch._utils._rebuild_qtensor",
	} {
		path := filepath.Join("testdata", file)
		_, err := OpenNamed(path)
		oneLine(t, err, path, `it asks for "`+names+`", which is not part of a checkpoint of plain tensors, and is refused (nothing was run); save the weights alone`)
	}
	for _, name := range []string{
		"builtins.eval", "builtins.getattr", "__builtin__.exec", "subprocess.Popen", "torch.load", "torch.hub.load", "torch._utils._import_dotted_name",
		"torch._utils._rebuild_tensor_v2.__globals__", "__torch__x.y", "collections.OrderedDict.__init__", "torch.storage._load_from_bytes", "torch.jit.script",
		"\x1b[31m.x",
	} {
		i := strings.LastIndex(name, ".")
		for _, ask := range []string{"c" + name[:i] + "\n" + name[i+1:] + "\n", pkText(name[:i]) + pkText(name[i+1:]) + "\x93"} {
			_, err := newTorch("x.pt", memory(torchZipFile(t, zip.Store, ask)), pickle.Limit)
			oneLine(t, err, "x.pt:a/data.pkl: ", "is refused")
		}
	}
	// A class of TorchScript is a name for attributes, whatever it is called.
	_, err := newTorch("x.pt", memory(torchZipFile(t, zip.Store, "c__torch__.os\nsystem\n"+pkTuple(pkText("ls"))+"R")), pickle.Limit)
	require.NoError(t, err)
}

func TestHostileTorchIsOneLine(t *testing.T) {
	st := pkStorage("0", 4)
	four := floats(1, 2, 3, 4)
	one := func(value string) []byte { return torchZipFile(t, zip.Store, value, "data/0", four) }
	tensor := func(offset int64, shape, stride []int64) []byte { return one(pkTensor(st, offset, shape, stride)) }
	i64 := func(n ...int64) []int64 { return n }
	good := legacyFile(pkTensor(st, 0, i64(4), i64(1)), "0", 4, four)
	nested := strings.Repeat("(", 5000) + strings.Repeat("t", 5000)
	// A list of ten lists, of ten lists each, 30 deep: 10^30 tensors by a pickle of 1 KB.
	laugh := pkTensor(st, 0, i64(4), i64(1)) + "q\x010" + strings.Repeat("("+strings.Repeat("h\x01", 10)+"lq\x010", 30) + "h\x01"
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"empty":                {nil, "the file is empty"},
		"not a pickle":         {[]byte("<html>"), "not a checkpoint of PyTorch, or a damaged one"},
		"another pickle":       {[]byte("\x80\x02K\x01."), "a pickle of an int, not torch.save's magic number"},
		"another version":      {bytes.Replace(good, []byte(pkInt(1001)), []byte(pkInt(1002)), 1), "old format that is unknown (1001 is read)"},
		"no data.pkl":          {zipFile(t, entry{"a/b", zip.Store, nil}), `a zip archive without data.pkl, so not a checkpoint of PyTorch (first of 1 entries: "a/b")`},
		"two checkpoints":      {zipFile(t, entry{"a/data.pkl", zip.Store, nil}, entry{"b/data.pkl", zip.Store, nil}), "two checkpoints"},
		"entry twice":          {zipFile(t, entry{"a/data.pkl", zip.Store, nil}, entry{"a/data.pkl", zip.Store, nil}), "two entries have the name"},
		"storage missing":      {torchZipFile(t, zip.Store, pkTensor(st, 0, i64(4), i64(1))), `the entry "a/data/0" is missing`},
		"storage short":        {torchZipFile(t, zip.Store, pkTensor(st, 0, i64(4), i64(1)), "data/0", four[:12]), "the pickle says 16 bytes, the entry has 12"},
		"storage outside":      {torchZipFile(t, zip.Store, pkTensor(pkStorage("../0", 4), 0, i64(4), i64(1)), "data/../0", four), `a storage is called "../0", which is not a plain name`},
		"storage outside, \\":  {torchZipFile(t, zip.Store, pkTensor(pkStorage(`..\0`, 4), 0, i64(4), i64(1)), `data/..\0`, four), "is not a plain name"},
		"byte order":           {torchZipFile(t, zip.Store, "N", "byteorder", "middle"), `byte order "middle" is neither`},
		"beyond the storage":   {tensor(0, i64(5), i64(1)), "reaches beyond its storage of 4 numbers"},
		"offset beyond":        {tensor(1, i64(4), i64(1)), "reaches beyond its storage"},
		"offset of 2^62":       {tensor(1<<62, i64(1), i64(1)), "reaches beyond its storage"},
		"stride beyond":        {tensor(0, i64(2, 2), i64(3, 1)), "reaches beyond its storage"},
		"stride of 2^62":       {tensor(0, i64(3, 3), i64(1<<62, 1<<62)), "reaches beyond its storage"},
		"shape of 2^62":        {tensor(0, i64(1<<62, 4), i64(0, 0)), "absurd shape"},
		"shape without bytes":  {tensor(0, i64(1<<62, 0), i64(0, 0)), "absurd shape"},
		"expanded to 2^40":     {tensor(0, i64(1<<20, 1<<20), i64(0, 0)), "an expanded one"},
		"negative shape":       {tensor(0, i64(-1), i64(1)), "a tensor needs a storage"},
		"negative stride":      {tensor(3, i64(4), i64(-1)), "a tensor needs a storage"},
		"negative offset":      {tensor(-1, i64(4), i64(1)), "a tensor needs a storage"},
		"too few strides":      {tensor(0, i64(2, 2), i64(1)), "a tensor needs a storage"},
		"65 axes":              {tensor(0, make([]int64, 65), make([]int64, 65)), "a tensor needs a storage"},
		"no storage":           {one(pkTensor("K\x01", 0, i64(1), i64(1))), "a tensor needs a storage"},
		"too few arguments":    {one(pkCall("torch._utils._rebuild_tensor_v2", st)), "torch._utils._rebuild_tensor_v2: too few arguments"},
		"conjugate":            {one(pkCall("torch._utils._rebuild_tensor_v2", st, "K\x00", pkInts(4), pkInts(1), "\x89", "N", pkDict("conj", "\x88"))), "a conjugate or negative view"},
		"bytes without a type": {one(pkTensor(pkClassStorage("torch.storage.UntypedStorage", "0", 16), 0, i64(4), i64(1))), "a tensor of bytes without a type"},
		"another type":         {one(pkCall("torch._utils._rebuild_tensor_v3", st, "K\x00", pkInts(4), pkInts(1), "\x89", "N", "ctorch\nint32\n")), "a tensor of int32 in a storage of float32"},
		"unread type":          {one(pkCall("torch._utils._rebuild_tensor_v3", st, "K\x00", pkInts(4), pkInts(1), "\x89", "N", "ctorch\nstrided\n")), "is not a type of numbers that is read"},
		"wrapped in itself":    {one(pkCall("torch._tensor._rebuild_from_type_v2", "ctorch._tensor\n_rebuild_from_type_v2\n", "N", pkTuple(), "N")), "is not a tensor"},
		"storage count":        {one(pkTensor(pkStorage("0", -4), 0, i64(4), i64(1))), "refers to a storage by"},
		"storage count 2^62":   {one(pkTensor(pkStorage("0", 1<<62), 0, i64(4), i64(1))), "refers to a storage by"},
		"persistent id":        {one("K\x01Q"), "something that is not a storage"},
		"two of a name":        {one(pkDict("a.b", pkTensor(st, 0, i64(1), i64(1)), "a", pkDict("b", pkTensor(st, 0, i64(1), i64(1))))), `two tensors have the name "a.b"`},
		"deep":                 {one(nested), "nested deeper than 100"},
		"holds itself":         {one("]q\x00h\x00a"), "nested deeper than 100"},
		"laughs":               {one(laugh), "more values than a checkpoint has"},
		"old pairs":            {one(pkCall("collections.OrderedDict", "](K\x01e")), "not made of pairs"},
		"legacy: cut numbers":  {good[:len(good)-1], `truncated: storage "0" needs 16 bytes, 15 are left`},
		"legacy: cut count":    {good[:len(good)-20], `truncated: the file ends before storage "0"`},
		"legacy: trailing":     {append(bytes.Clone(good), 1), "1 bytes follow the last storage"},
		"legacy: other count":  {legacyFile(pkTensor(st, 0, i64(4), i64(1)), "0", 3, four), `storage "0" has 3 numbers, the pickle says 4`},
		"legacy: count 2^60":   {legacyFile(pkTensor(pkStorage("0", math.MaxInt64/16), 0, i64(4), i64(1)), "0", math.MaxInt64/16, four), "truncated: storage"},
		"legacy: no such key":  {legacyFile(pkTensor(st, 0, i64(4), i64(1)), "1", 4, four), `storage "1" is listed, but nothing refers to it`},
		"legacy: key twice":    {legacyFile(pkTensor(st, 0, i64(4), i64(1)), "0", 4, four, "0", 4, four), "or twice"},
		"legacy: not listed":   {legacyFile(pkTensor(st, 0, i64(4), i64(1))), `storage "0" is not in the file`},
		"legacy: two sizes":    {legacyFile(pkTuple(pkTensor(st, 0, i64(4), i64(1)), pkTensor(pkStorage("0", 5), 0, i64(4), i64(1))), "0", 4, four), "is referred to in two sizes"},
		"legacy: view beyond":  {legacyFile(pkTensor(pkStorage("0", 4, pkTuple(pkText("v"), "K\x03", "K\x02")), 0, i64(1), i64(1)), "0", 4, four), "a view of storage"},
	} {
		t.Run(name, func(t *testing.T) {
			before := heap()
			_, err := newTorch("x.pt", memory(c.data), 1<<20)
			oneLine(t, err, "x.pt", c.says)
			require.Less(t, heap()-before, uint64(256<<20))
		})
	}
}

// A checkpoint that is cut anywhere, or has one byte changed, is an error or the same
// tensors; never a panic, never memory that it does not pay for.
func TestTorchDamagedAnywhere(t *testing.T) {
	for _, file := range []string{"legacy4.pt", "protocol4.pt", "trace.pt"} {
		whole, err := os.ReadFile(filepath.Join("testdata", file))
		require.NoError(t, err)
		for n := 0; n < len(whole); n += 1 + n/200 {
			_, err := newTorch("x.pt", memory(whole[:n]), 1<<20)
			require.Error(t, err, "%s: %d bytes", file, n)
		}
		for i := 0; i < len(whole); i += 1 + i/100 {
			b := bytes.Clone(whole)
			b[i] ^= 1 << (i % 8)
			x, err := newTorch("x.pt", memory(b), 1<<20)
			if err == nil {
				readAll(t, x)
			} else {
				require.NotContains(t, err.Error(), "\n")
			}
		}
	}
}

// readAll reads every tensor of a file that opened. Numbers may be wrong, or packed bytes
// damaged; nothing else may go wrong.
func readAll(t *testing.T, f File) {
	for _, name := range f.Names() {
		r, err := f.Array(name)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			continue
		}
		consume(t, r)
	}
	require.NoError(t, f.Close())
}

// A header that says more than the file has allocates nothing of that size.
func TestTorchClaimsAllocateNothing(t *testing.T) {
	text := binary.LittleEndian.AppendUint32([]byte("\x80\x02X"), math.MaxUint32)
	before := heap()
	_, err := newTorch("x.pt", memory(text), pickle.Limit)
	oneLine(t, err, "x.pt", "a text of 4294967295 bytes, but 0 are left")
	require.Less(t, heap()-before, uint64(1<<17))
}
