package nn

import (
	"mindgap/engine"
	"mindgap/kernels"
)

// PrependToken sets a token before each image's patches and adds positions: x holds the patches
// of n images, rows of W numbers, token is W numbers and positions are L x W with L one more
// than an image's patches. The result is (n L) x W.
func PrependToken(tp *Tape, x, token, positions *Value, n int) *Value {
	width, length := x.Cols(), positions.Rows()
	engine.Check("prepend_token", n > 0 && x.Rows() == n*(length-1), "%d patches of %d images for %d positions", x.Rows(), n, length)
	y := tp.scope.Floats(n*length, width)
	rows := y.Reshape(n, length*width) // a row per image
	rest := func(t *engine.Tensor) *engine.Tensor {
		return t.Reshape(n, length*width).SliceCols(width, length*width)
	}
	patches := func(t *engine.Tensor) *engine.Tensor { return t.Reshape(n, (length-1)*width) }
	kernels.GatherRows(rows.SliceCols(0, width), token.T.Reshape(1, width), tp.scope.UploadInts(make([]int32, n), n))
	kernels.Scale(rest(y), 1, patches(x.T))
	kernels.BiasRows(rows, rows, positions.T.Reshape(length*width))
	return tp.Result("prepend_token", y, func(dy *engine.Tensor) {
		all := dy.Reshape(n, length*width)
		tp.Into(positions, func(d *engine.Tensor, accumulate bool) { kernels.ColumnSum(d.Reshape(d.Len()), all, accumulate) })
		tp.Into(token, func(d *engine.Tensor, accumulate bool) {
			kernels.ColumnSum(d.Reshape(width), all.SliceCols(0, width), accumulate)
		})
		tp.Into(x, func(d *engine.Tensor, accumulate bool) {
			if accumulate {
				kernels.Axpy(patches(d), 1, rest(dy))
				return
			}
			kernels.Scale(patches(d), 1, rest(dy))
		})
	}, x, token, positions)
}
