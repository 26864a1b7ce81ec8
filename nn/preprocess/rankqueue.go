package preprocess

// ranked is a pair that could be merged: its rank, then its place, so that they sort by both.
type ranked uint64

func (r ranked) rank() int32 { return int32(r >> 32) }
func (r ranked) at() int32   { return int32(r) }

// rankQueue is a heap: the smallest element is first, and none is smaller than its parent.
type rankQueue []ranked

func (q *rankQueue) push(r ranked) {
	h := append(*q, r)
	i := len(h) - 1
	for i > 0 && h[(i-1)/2] > r {
		h[i] = h[(i-1)/2]
		i = (i - 1) / 2
	}
	h[i] = r
	*q = h
}

func (q *rankQueue) pop() ranked {
	h := *q
	top, r := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	i := 0
	for 2*i+1 < len(h) {
		child := 2*i + 1
		if child+1 < len(h) && h[child+1] < h[child] {
			child++
		}
		if r <= h[child] {
			break
		}
		h[i] = h[child]
		i = child
	}
	if len(h) > 0 {
		h[i] = r
	}
	*q = h
	return top
}
