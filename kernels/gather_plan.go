package kernels

import (
	"slices"

	"mindgap/engine"
)

// GatherPlan is a batch of row numbers, sorted once, so that the gradient of the rows that
// they pick is summed without atomics, in the same order every time. It serves every table
// of so many rows, for as long as the scope that it was made in is open.
type GatherPlan struct {
	// Index holds the numbers on the device, as GatherRows takes them.
	Index *engine.Tensor

	rows, ids int
	light     *gatherStage  // numbers that occur at most gatherChunk times: into the table at once
	heavy     []gatherStage // the others: sums of chunks, then of chunks of those
}

// gatherStage is one launch of gather_rows_back.
type gatherStage struct {
	order, starts, target    *engine.Tensor
	segments, terms, longest int
}

// gatherChunk is how many terms one invocation adds: the padding of a batch of texts occurs
// thousands of times, which would leave other cores idle and exceed a loop budget.
const gatherChunk = 128

// NewGatherPlan sorts ids, each a row of a table of so many rows, and uploads what
// GatherRowsBack needs. It panics with *engine.Error if one is not.
func NewGatherPlan(s *engine.Scope, ids []int32, rows int) *GatherPlan {
	engine.Check("gather_plan", rows >= 0, "a table of %d rows", rows)
	after := make([]int32, rows+1) // where the positions of each id end, once they are placed
	for i, id := range ids {
		engine.Check("gather_plan", id >= 0 && int(id) < rows, "id %d at position %d is no row of a table of %d", id, i, rows)
		after[id+1]++
	}
	for id := range rows {
		after[id+1] += after[id]
	}
	order := make([]int32, len(ids))
	for i, id := range ids {
		order[after[id]] = int32(i)
		after[id]++
	}
	g := &GatherPlan{Index: s.UploadInts(ids, len(ids)), rows: rows, ids: len(ids)}
	var light, heavy segments
	from := int32(0)
	for id, to := range after[:rows] {
		switch n := to - from; {
		case n > gatherChunk:
			heavy.add(int32(id), order[from:to])
		case n > 0:
			light.add(int32(id), order[from:to])
		}
		from = to
	}
	if len(light.target) > 0 {
		stage := light.upload(s)
		g.light = &stage
	}
	for len(heavy.target) > 0 {
		chunks, next := heavy.cut()
		g.heavy = append(g.heavy, chunks.upload(s))
		heavy = next
	}
	return g
}

// segments are lists of terms, each with the row that their sum goes to.
type segments struct{ order, starts, target []int32 }

func (s *segments) add(target int32, terms []int32) {
	if len(s.starts) == 0 {
		s.starts = []int32{0}
	}
	s.order = append(s.order, terms...)
	s.starts = append(s.starts, int32(len(s.order)))
	s.target = append(s.target, target)
}

// cut gives the segments as they are where none has more terms than gatherChunk. Else it
// gives chunks, whose sums go to rows of their own, and the segments that add those.
func (s *segments) cut() (chunks, next segments) {
	if s.longest() <= gatherChunk {
		return *s, segments{}
	}
	for i, target := range s.target {
		var sums []int32
		for chunk := range slices.Chunk(s.order[s.starts[i]:s.starts[i+1]], gatherChunk) {
			row := int32(len(chunks.target))
			chunks.add(row, chunk)
			sums = append(sums, row)
		}
		next.add(target, sums)
	}
	return chunks, next
}

func (s *segments) longest() int {
	longest := int32(0)
	for i := range s.target {
		longest = max(longest, s.starts[i+1]-s.starts[i])
	}
	return int(longest)
}

func (s *segments) upload(scope *engine.Scope) gatherStage {
	return gatherStage{
		order: scope.UploadInts(s.order, len(s.order)), starts: scope.UploadInts(s.starts, len(s.starts)), target: scope.UploadInts(s.target, len(s.target)),
		segments: len(s.target), terms: len(s.order), longest: s.longest(),
	}
}

// run queues the stage's sums of rows of dy into rows of to.
func (g gatherStage) run(to, dy *engine.Tensor, accumulate bool) {
	gatherRowsBack.Run(GatherRowsBackParams{
		Segments: int32(g.segments), Cols: int32(dy.Cols()), Terms: int32(g.terms), Longest: int32(g.longest),
		TableRows: int32(to.Rows()), DyRows: int32(dy.Rows()), LdTable: int32(to.LD()), LdDy: int32(dy.LD()), Accumulate: flag(accumulate),
	}, to, dy, g.order, g.starts, g.target)
}

// GatherRowsBack is the gradient of GatherRows with respect to the table: row v of dtable gets
// the sum of the rows dy[i] whose id is v. Without accumulate the rows that no id names become
// 0; with it only the rows that are named are touched. dy has a row for each id of the plan.
func GatherRowsBack(dtable, dy *engine.Tensor, g *GatherPlan, accumulate bool) {
	engine.Check("gather_rows_back", dtable.Rows() == g.rows && dy.Rows() == g.ids && dy.Cols() == dtable.Cols(),
		"dtable is %v, dy %v, the plan has %d ids of %d rows", dtable, dy, g.ids, g.rows)
	if !accumulate {
		dtable.Zero()
	}
	if g.light != nil {
		g.light.run(dtable, dy, accumulate)
	}
	s := dy.Device().Scope()
	defer s.Close()
	for i, stage := range g.heavy {
		if i == len(g.heavy)-1 {
			stage.run(dtable, dy, accumulate)
			return
		}
		sums := s.Floats(stage.segments, dy.Cols())
		stage.run(sums, dy, false)
		dy = sums
	}
}
