package nn

import (
	"mindgap/engine"
	"mindgap/kernels"
)

// Gather picks rows of a table: result row i is table row ids[i]. Token embeddings, and the
// rows at which a sequence is read. It panics where an id is no row.
func Gather(tp *Tape, table *Value, ids []int32) *Value {
	rows := table.Rows()
	for i, id := range ids {
		engine.Check("gather", id >= 0 && int(id) < rows, "id %d at position %d is no row of a table of %d", id, i, rows)
	}
	y := tp.scope.Floats(len(ids), table.Cols())
	if !tp.records || !table.wants {
		kernels.GatherRows(y, matrix(table.T), tp.scope.UploadInts(ids, len(ids)))
		return Const(y)
	}
	plan := kernels.NewGatherPlan(tp.scope, ids, rows)
	kernels.GatherRows(y, matrix(table.T), plan.Index)
	return tp.Result("gather", y, func(dy *engine.Tensor) {
		tp.Into(table, func(dtable *engine.Tensor, accumulate bool) {
			kernels.GatherRowsBack(matrix(dtable), dy, plan, accumulate)
		})
	}, table)
}
