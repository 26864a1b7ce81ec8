package kernels

import (
	"math"

	"mindgap/engine"
)

// AttentionOptions say how rows and columns divide into sequences and heads.
type AttentionOptions struct {
	Batch  int     // sequences; rows divide evenly among them
	Heads  int     // heads; columns divide evenly among them
	Causal bool    // token i sees tokens 0..i only
	Scale  float32 // factor of the logits; 0 means 1/sqrt(width of a head)
}

// Attention is o = softmax(scale Q K^T) V for each head of each sequence. q, k, v and o are
// (B L) x (H W): row b L + i is token i of sequence b, columns h W .. (h+1) W are head h. Their
// rows may be any stride apart, so q, k and v may be column slices of one matrix. lse, where it
// is not nil, receives log sum_j exp(logit) of every row, B x H x L contiguous numbers that
// AttentionBack needs.
//
// The L x L logits are never held as a whole: 4 B H L^2 W flops (half, where causal), and on
// no device more than 64 L numbers of memory for each core. The maximum is subtracted before
// every exponential, so logits of any size are safe. A row with NaN or +Inf among its
// logits is NaN; one of nothing but -Inf is 0. Where a value v is NaN or Inf, rows of the same
// head that do not see it may become NaN as well.
func Attention(o, q, k, v, lse *engine.Tensor, opts AttentionOptions) {
	sameShape("attention", q, k, v, o)
	p := opts.params("attention", q)
	p.LdO, p.LdQ, p.LdK, p.LdV = int32(o.LD()), int32(q.LD()), int32(k.LD()), int32(v.LD())
	if lse != nil {
		checkLse("attention", lse, p)
		p.HasLse = 1
	} else {
		lse = o // not looked at
	}
	attention.Run(p, o, lse, q, k, v)
}

// AttentionBack is the gradient of Attention: with P the probabilities, made again from q, k and
// the logsumexps, and G = scale P (dO V^T - delta), delta_i = dO_i . O_i,
//
//	dq = G K      dk = G^T Q      dv = P^T dO
//
// added to what they hold when accumulate is set. do is the gradient of o; o and lse are what
// Attention gave. dq, dk and dv may be nil where they are not wanted, and column slices of one
// matrix. The order of every sum is fixed: runs are equal to the bit.
func AttentionBack(dq, dk, dv, do, q, k, v, o, lse *engine.Tensor, opts AttentionOptions, accumulate bool) {
	const name = "attention_back"
	sameShape(name, q, k, v, o, do)
	f := opts.params(name, q)
	checkLse(name, lse, f)
	s := q.Device().Scope()
	defer s.Close()
	rows := s.Floats(lse.Len(), 2)
	attentionDelta.Run(AttentionDeltaParams{f.Batch, f.Len, f.Heads, f.Width, int32(do.LD()), int32(o.LD())}, rows, lse, do, o)

	p := AttentionBackParams{
		Batch: f.Batch, Len: f.Len, Heads: f.Heads, Width: f.Width, LdDout: int32(do.LD()),
		LdQ: int32(q.LD()), LdK: int32(k.LD()), LdV: int32(v.LD()), Causal: f.Causal, Accumulate: flag(accumulate), Scale: f.Scale,
	}
	outs := []*engine.Tensor{dq, dk, dv}
	lds := []*int32{&p.LdDq, &p.LdDk, &p.LdDv}
	var wanted int32
	for i, t := range outs {
		outs[i], *lds[i] = rows, f.Heads*f.Width // not looked at
		if t != nil {
			sameShape(name, q, t)
			outs[i], *lds[i] = t, int32(t.LD())
			wanted |= 1 << i
		}
	}
	for _, parts := range attentionParts(q.Device().Caps()) {
		if p.Parts = parts & wanted; p.Parts != 0 {
			attentionBack.Run(p, outs[0], outs[1], outs[2], do, q, k, v, rows)
		}
	}
}

// attentionParts are the gradients that one launch makes: all, where they share four of their
// products, fewer where registers are the limit.
func attentionParts(c engine.Caps) []int32 {
	switch {
	case c.Kind == "host":
		return []int32{partQ | partK | partV}
	case c.Software:
		return []int32{partQ, partK, partV}
	}
	return []int32{partQ, partK | partV}
}

func (o AttentionOptions) params(kernel string, q *engine.Tensor) AttentionParams {
	rows, cols := q.Rows(), q.Cols()
	engine.Check(kernel, o.Batch > 0 && rows%o.Batch == 0, "%d rows in %d sequences", rows, o.Batch)
	engine.Check(kernel, o.Heads > 0 && cols%o.Heads == 0, "%d columns in %d heads", cols, o.Heads)
	p := AttentionParams{
		Batch: int32(o.Batch), Len: int32(rows / o.Batch), Heads: int32(o.Heads), Width: int32(cols / o.Heads),
		Causal: flag(o.Causal), Scale: o.Scale,
	}
	if p.Scale == 0 {
		p.Scale = float32(1 / math.Sqrt(float64(p.Width)))
	}
	return p
}

func checkLse(kernel string, lse *engine.Tensor, p AttentionParams) {
	n := int(p.Batch * p.Heads * p.Len)
	engine.Check(kernel, lse != nil && lse.Len() == n && lse.Contiguous(), "lse is %v, not %d contiguous numbers", lse, n)
}
