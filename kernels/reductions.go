package kernels

import "mindgap/engine"

// The reductions below take a matrix x of any size (its last axis are the columns) and
// queue as many stages as that needs. A row reduction writes x.Rows() numbers into y: a
// contiguous tensor of any shape, or one column of a matrix. A column reduction writes
// x.Cols() numbers into a contiguous y.

// RowSum is y[r] = sum over c of x[r][c], plus y[r] when accumulate is set. No column: 0.
func RowSum(y, x *engine.Tensor, accumulate bool) {
	reduceRows(rowSum, rowSum, y, x, false, accumulate)
}

// RowMean is y[r] = mean over c of x[r][c]. No column: NaN.
func RowMean(y, x *engine.Tensor) { reduceRows(rowSum, rowMean, y, x, true, false) }

// RowMax is y[r] = max over c of x[r][c], NaN counting as largest. No column: -Inf.
func RowMax(y, x *engine.Tensor) { reduceRows(rowMax, rowMax, y, x, false, false) }

// RowLogSumExp is y[r] = log of the sum over c of exp(x[r][c]), stable at any size: a row
// of -Inf (or none) gives -Inf, one with +Inf gives +Inf, NaN gives NaN. The logsumexp of
// chunks' logsumexps is the whole's, so stages, shards and blocks merge by the same call.
func RowLogSumExp(y, x *engine.Tensor) { reduceRows(rowLogSumExp, rowLogSumExp, y, x, false, false) }

// RowNorm is y[r] = sqrt(sum over c of x[r][c]^2). Squares are float32: elements should
// lie between 1e-18 and 1e18 in size; larger ones may give Inf, smaller ones count as 0.
func RowNorm(y, x *engine.Tensor) { reduceRows(rowNorm, rowNorm, y, x, false, false) }

// ColumnSum is y[c] = sum over r of x[r][c], plus y[c] when accumulate is set. No row: 0.
func ColumnSum(y, x *engine.Tensor, accumulate bool) {
	reduceColumns(columnSum, columnSum, y, x, false, accumulate)
}

// ColumnMean is y[c] = mean over r of x[r][c]. No row: NaN.
func ColumnMean(y, x *engine.Tensor) { reduceColumns(columnSum, columnMean, y, x, true, false) }

// ColumnMax is y[c] = max over r of x[r][c], NaN counting as largest. No row: -Inf.
func ColumnMax(y, x *engine.Tensor) { reduceColumns(columnMax, columnMax, y, x, false, false) }

// ColumnLogSumExp is y[c] = log of the sum over r of exp(x[r][c]); see RowLogSumExp.
func ColumnLogSumExp(y, x *engine.Tensor) {
	reduceColumns(columnLogSumExp, columnLogSumExp, y, x, false, false)
}

// Centroid is the mean of the rows of x, y[c] = mean over r of x[r][c], with compensated
// sums: each stage errs by about half a unit in the last place, whatever the number of
// rows. No row: NaN.
func Centroid(y, x *engine.Tensor) { reduceColumns(centroid, centroid, y, x, true, false) }

// Sum is the sum of all elements of x, into the one element of y. No element: 0.
func Sum(y, x *engine.Tensor) { reduceAll(rowSum, y, x) }

// Mean is the mean of all elements of x, into the one element of y. No element: NaN.
func Mean(y, x *engine.Tensor) { reduceAll(rowMean, y, x) }

func reduceAll(last *engine.Kernel[ReduceParams], y, x *engine.Tensor) {
	vectorStride(last.Name, y, 1)
	s := x.Device().Scope()
	defer s.Close()
	n := x.Len()
	if !x.Contiguous() {
		rows := s.Floats(x.Rows())
		RowSum(rows, x, false)
		x = rows
	}
	p := ReduceParams{Rows: 1, Cols: int32(x.Len()), LdX: int32(x.Len()), LdY: 1}
	if last == rowMean {
		p.Count = int32(n)
	}
	reduceRowsTo(rowSum, last, p, y, x)
}
