package bench

import (
	"cmp"

	"mindgap/engine"
	"mindgap/kernels"
)

// task is a computation on N vectors of unit length whose cost is watched as N grows.
type task struct {
	name, title, why       string
	first                  int // N, in doublings
	timeSlope, memorySlope float64
	cost                   func(n, width int) engine.Cost // the least that it takes, whatever the way
	memory                 func(n, width int) int64       // about what it takes in all
	build                  func(s *engine.Scope, n, width int) (queue func() error)
}

// GrowthFirst is the N at which series begin (InfoNCE's at half of it).
const GrowthFirst = 128

// growthMost is the usual largest N: three decades from the first.
const growthMost = 131072

// sizes are the N of the task, up to most where it is not 0.
func (t task) sizes(most int) (list []int) {
	for n := t.first; n <= cmp.Or(most, growthMost); n *= 2 {
		list = append(list, n)
	}
	return list
}

var tasks = []task{
	{
		name: "mean", title: "mean cosine of all pairs, closed form",
		why:   "one read of the rows, N width additions; extra memory is a number for each row and a few sums",
		first: GrowthFirst, timeSlope: 1, memorySlope: 1,
		cost: func(n, width int) engine.Cost {
			return engine.Cost{Flops: 5 * matrix(n, width), Bytes: 4 * matrix(n, width)}
		},
		memory: rowsOf(2),
		build: func(s *engine.Scope, n, width int) func() error {
			x := s.Upload(unitRows(n, width, 0), n, width)
			return func() error { _, err := kernels.AllPairsCosineMean(x); return err }
		},
	},
	{
		name: "variance", title: "mean and variance, closed form",
		why:   "a Gram matrix of width x width numbers over the rows, N width^2 multiply-adds; extra memory is two numbers for each row and a matrix for every 1,024 rows at most",
		first: GrowthFirst, timeSlope: 1, memorySlope: 1,
		cost: func(n, width int) engine.Cost {
			return engine.Cost{Flops: matrix(n, width) * float64(width+1), Bytes: 4 * matrix(n, width)}
		},
		memory: rowsOf(2),
		build: func(s *engine.Scope, n, width int) func() error {
			x := s.Upload(unitRows(n, width, 0), n, width)
			return func() error { _, err := kernels.AllPairsCosine(x); return err }
		},
	},
	{
		name: "histogram", title: "histogram of all pairs",
		why:   "every pair is needed, N^2/2 products of rows; none is held, and the bins of a launch are 8 MiB at most",
		first: GrowthFirst, timeSlope: 2, memorySlope: 0,
		cost: func(n, width int) engine.Cost {
			return engine.Cost{Flops: float64(n) * matrix(n, width), Bytes: 4 * matrix(n, width)}
		},
		memory: rowsOf(1),
		build: func(s *engine.Scope, n, width int) func() error {
			x := s.Upload(unitRows(n, width, 0), n, width)
			return func() error { _, err := kernels.CosineHistogram(x, -1.001, 1.001, 1024); return err }
		},
	},
	{
		name: "infonce", title: "InfoNCE, forward and gradients",
		why:   "8 N^2 width flops; blocks of the logits are made again, not held: 64 MiB at most, less by device, and O(N)",
		first: GrowthFirst / 2, timeSlope: 2, memorySlope: 0,
		cost: func(n, width int) engine.Cost {
			return engine.Cost{Flops: 8 * float64(n) * matrix(n, width), Bytes: 16 * matrix(n, width)}
		},
		memory: rowsOf(4),
		build: func(s *engine.Scope, n, width int) func() error {
			_, both := pairLoss(s, n, width)
			return func() error { both(); return nil }
		},
	},
	{
		name: "held", title: "mean cosine, N x N matrix held",
		why:   "for contrast: all cosines by one product, then their sum; 2 N^2 width flops, and 4 N^2 bytes are held",
		first: GrowthFirst, timeSlope: 2, memorySlope: 2,
		cost: func(n, width int) engine.Cost {
			pairs := float64(n) * float64(n)
			return engine.Cost{Flops: 2*pairs*float64(width) + pairs, Bytes: 4*matrix(n, width) + 8*pairs}
		},
		memory: func(n, width int) int64 { return 4 * int64(n) * int64(n+width) },
		build:  heldMatrix,
	},
}

func matrix(n, width int) float64 { return float64(n) * float64(width) }

// rowsOf is the memory of so many matrices of N rows.
func rowsOf(matrices int64) func(n, width int) int64 {
	return func(n, width int) int64 { return 4 * matrices * int64(n) * int64(width) }
}

// heldMatrix is the mean cosine of all ordered pairs i != j of unit rows as one writes it first: the
// whole matrix, and the sum of its elements without the diagonal's N.
func heldMatrix(s *engine.Scope, n, width int) func() error {
	x, sum := s.Upload(unitRows(n, width, 0), n, width), s.Floats(1)
	return func() error {
		inner := s.Device().Scope()
		defer inner.Close()
		all, rows := inner.Floats(n, n), inner.Floats(n)
		kernels.MatMulNT(all, x, x)
		kernels.RowSum(rows, all, false)
		kernels.Sum(sum, rows)
		_, err := sum.Floats()
		return err
	}
}
