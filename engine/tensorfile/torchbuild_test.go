package tensorfile

import (
	"archive/zip"
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

// Pieces of pickles, put together by hand: what no version of PyTorch at hand writes, and
// what only an attacker would.

func pkText(s string) string {
	return "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
}

func pkInt(n int64) string {
	return "\x8a\x08" + string(binary.LittleEndian.AppendUint64(nil, uint64(n)))
}

func pkTuple(items ...string) string { return "(" + strings.Join(items, "") + "t" }

func pkInts(n ...int64) string {
	items := []string{}
	for _, x := range n {
		items = append(items, pkInt(x))
	}
	return pkTuple(items...)
}

// pkCall calls the function of a dotted name.
func pkCall(name string, args ...string) string {
	i := strings.LastIndex(name, ".")
	return "c" + name[:i] + "\n" + name[i+1:] + "\n" + pkTuple(args...) + "R"
}

// pkDict is a dict of text keys and values in turn.
func pkDict(items ...string) string {
	s := "}("
	for i, x := range items {
		if i%2 == 0 {
			x = pkText(x)
		}
		s += x
	}
	return s + "u"
}

// pkStorage refers to a storage of float32, or of another class.
func pkStorage(key string, count int64, more ...string) string {
	return pkClassStorage("torch.FloatStorage", key, count, more...)
}

func pkClassStorage(class, key string, count int64, more ...string) string {
	i := strings.LastIndex(class, ".")
	items := []string{pkText("storage"), "c" + class[:i] + "\n" + class[i+1:] + "\n", pkText(key), pkText("cpu"), pkInt(count)}
	return pkTuple(append(items, more...)...) + "Q"
}

func pkTensor(storage string, offset int64, shape, stride []int64) string {
	return pkCall("torch._utils._rebuild_tensor_v2", storage, pkInt(offset), pkInts(shape...), pkInts(stride...), "\x89", pkCall("collections.OrderedDict"))
}

// torchZipFile is an archive of a pickle and its storages: name, content.
func torchZipFile(t testing.TB, method uint16, value string, storages ...string) []byte {
	entries := []entry{{"a/data.pkl", zip.Store, []byte("\x80\x02" + value + ".")}}
	for i := 0; i < len(storages); i += 2 {
		entries = append(entries, entry{"a/" + storages[i], method, []byte(storages[i+1])})
	}
	return zipFile(t, entries...)
}

// legacyFile is the old form: value, and storages by key, numbers' count and content.
func legacyFile(value string, storages ...any) []byte {
	p := func(s string) string { return "\x80\x02" + s + "." }
	s := p("\x8a\x0a"+string(legacyMagic)) + p(pkInt(1001)) + p(pkDict("little_endian", "\x88")) + p(value)
	keys, data := "](", ""
	for i := 0; i < len(storages); i += 3 {
		keys += pkText(storages[i].(string))
		data += string(binary.LittleEndian.AppendUint64(nil, uint64(storages[i+1].(int)))) + storages[i+2].(string)
	}
	return []byte(s + p(keys+"e") + data)
}

// floats packs float32 numbers.
func floats(v ...float32) string {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return string(b)
}
