package engine

import (
	"math/bits"
	"strconv"
)

// Bucket is a launch's place in a table of tuned variants: up to eight sizes with their
// names, those that decide which variant is the fastest. Sizes that may vary are rounded by
// Near; the rest, such as flags, stand as they are. A size without a name ends the list.
type Bucket [8]Size

// Size is one size of a bucket.
type Size struct {
	Name string
	N    int32
}

// Near is the power of two nearest to n by ratio: n / sqrt 2 < Near(n) <= n sqrt 2. What is not
// positive is 0.
func Near(n int32) int32 {
	if n <= 0 {
		return 0
	}
	low := bits.Len32(uint32(n)) - 1
	if x := int64(n); x*x >= 1<<(2*low+1) { // from sqrt 2 times the lower power on
		low++
	}
	return int32(min(int64(1)<<low, 1<<30))
}

// String writes the bucket as tables name it: "m=512 n=512 k=64".
func (b Bucket) String() string { return string(b.append(nil)) }

func (b *Bucket) append(out []byte) []byte {
	for i, s := range b {
		if s.Name == "" {
			break
		}
		if i > 0 {
			out = append(out, ' ')
		}
		out = append(append(out, s.Name...), '=')
		out = strconv.AppendInt(out, int64(s.N), 10)
	}
	return out
}
