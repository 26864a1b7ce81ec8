package kernels

import (
	"embed"
	"io/fs"
	"sync"

	"mindgap/engine"
)

//go:embed tuned
var tunedFiles embed.FS

// Seeds are the measurements that ship with the kernels, for devices that had them taken: a file
// for each renderer under tuned/, as `mindgap tune --file` wrote it there. Give them to
// engine.WithTuning.
var Seeds = sync.OnceValue(func() *engine.Tuning {
	all := &engine.Tuning{Schema: engine.TuningSchema}
	names, err := fs.Glob(tunedFiles, "tuned/*.json")
	for _, name := range names {
		data, readErr := tunedFiles.ReadFile(name)
		t, parseErr := engine.ReadTuning(data)
		engine.Check("seeds", readErr == nil && parseErr == nil, "%s: %v %v", name, readErr, parseErr)
		all.Devices = append(all.Devices, t.Devices...)
	}
	engine.Check("seeds", err == nil, "%v", err)
	return all
})

// Shapes to tune, the most useful of each kernel first.

// tune: squares, small and large; attention heads; long, wide, flat and deep products; a layer
// of a network; and rows of no alignment. What takes seconds on a processor is left to GPUs, where
// large products come first.
func (l layout) tune(c *engine.Caps) (list []MatMulParams) {
	add := func(sizes ...[3]int32) {
		for _, s := range sizes {
			list = append(list, l.product(s[0], s[1], s[2]))
		}
	}
	large := [][3]int32{{1024, 1024, 1024}, {2048, 2048, 2048}, {4096, 768, 3072}}
	if !c.Software {
		add(large...)
	}
	add([][3]int32{{512, 512, 512}, {256, 256, 256}, {128, 128, 128}, {64, 64, 64}, {1024, 64, 512}, {64, 1024, 512}}...)
	heads := padded(l.product(197, 197, 64), 0)
	ra, _ := l.shapeA(heads)
	rb, _ := l.shapeB(heads)
	heads.Batch, heads.StepA, heads.StepB, heads.StepC = 96, ra*heads.LdA, rb*heads.LdB, heads.M*heads.LdC
	list = append(list, heads)
	add([][3]int32{
		{16, 1024, 1024}, {1024, 16, 1024}, {1, 1024, 1024}, {1024, 1, 1024}, {1024, 1024, 16}, {64, 64, 4096}, {255, 255, 255},
	}...)
	if c.Software {
		add(large...)
	} else {
		add([3]int32{4096, 4096, 4096})
	}
	return list
}

// tunedPairs are pairs and widths of a contrastive loss.
var tunedPairs = [][2]int{{1024, 64}, {4096, 128}, {4096, 64}, {4096, 512}, {16384, 128}, {256, 32}}

func infoncePartialTune(c *engine.Caps) (list []InfoNCEPartialParams) {
	for _, s := range tunedPairs {
		n, d, plan := int32(s[0]), int32(s[1]), planInfoNCE(*c, s[0], s[1])
		list = append(list, InfoNCEPartialParams{
			Rows: min(int32(plan.strip), n), Cols: n, D: d, LdQ: d, LdK: d,
			RowBlock: int32(plan.rowBlock), ColBlock: int32(plan.colBlock), Sides: sideRows | sideCols,
		})
	}
	return list
}

func infonceGradTune(c *engine.Caps) (list []InfoNCEGradParams) {
	for _, s := range tunedPairs {
		n, d, plan := int32(s[0]), int32(s[1]), planInfoNCE(*c, s[0], s[1])
		cols := min(int32(plan.gCols), n)
		list = append(list, InfoNCEGradParams{
			Rows: min(int32(plan.gRows), n), Cols: cols, D: d, LdG: int32(paddedRow(int(cols))), LdQ: d, LdK: d, Total: n,
			RowBlock: int32(plan.partRows), ColBlock: int32(plan.partCols), WRow: 0.5, WCol: 0.5,
		})
	}
	return list
}

func siglipTune(c *engine.Caps) (list []SigLIPParams) {
	for _, p := range infonceGradTune(c) {
		list = append(list, SigLIPParams{
			Rows: p.Rows, Cols: p.Cols, D: p.D, LdQ: p.LdQ, LdK: p.LdK, LdG: p.LdG, Total: p.Total, RowBlock: p.RowBlock, ColBlock: p.ColBlock,
		})
	}
	return list
}

// histogramTune: launches as pairHistogram makes them of n rows of width d, the first of them.
func histogramTune(c *engine.Caps) (list []CosineHistogramParams) {
	for _, s := range [][3]int{{1024, 64, 200}, {4096, 128, 1024}, {16384, 128, 1024}, {16384, 512, 1024}} {
		n, d, bins := s[0], s[1], s[2]
		p := CosineHistogramParams{
			D: int32(d), LdX: int32(d), LdY: int32(d), Bins: int32(bins), Upper: 1, Lo: -1, PerBin: float32(bins) / 2,
		}
		p.UnitRows, p.UnitCols = histogramUnit(*c, n, d)
		down, across := p.launchUnits(n, n)
		p.Rows, p.Cols = int32(min(down*int(p.UnitRows), n)), int32(min(across*int(p.UnitCols), n))
		list = append(list, p)
	}
	return list
}

// rowsTune: rows as networks have them, and long ones.
var rowsTune = [][2]int32{{1024, 512}, {4096, 768}, {4096, 64}, {64, 4096}, {4096, 4096}}

func softmaxRowsTune(*engine.Caps) (list []RowwiseParams) {
	for _, s := range rowsTune {
		list = append(list, RowwiseParams{s[0], s[1], s[1], s[1]})
	}
	return list
}

func rowDotTune(*engine.Caps) (list []RowDotParams) {
	for _, s := range rowsTune {
		list = append(list, RowDotParams{s[0], s[1], s[1], 1, s[1], s[1]})
	}
	return list
}

// infonceKeptTune: logits of as many pairs as KeepLogits keeps them of, which GPUs do.
func infonceKeptTune(c *engine.Caps) (list []InfoNCEKeptParams) {
	for n := int32(keptRows); n <= 4*keptRows && !c.Software; n *= 2 {
		ld := int32(paddedRow(int(n)))
		list = append(list, InfoNCEKeptParams{n, n, ld, ld, n, 0.5, 0.5})
	}
	return list
}

func layerNormTune(*engine.Caps) (list []LayerNormParams) {
	for _, s := range rowsTune[:4] {
		list = append(list, LayerNormParams{s[0], s[1], s[1], s[1], 1, LayerNormEps})
	}
	return list
}

func layerNormBackTune(*engine.Caps) (list []LayerNormBackParams) {
	for _, s := range rowsTune[:4] {
		list = append(list, LayerNormBackParams{s[0], s[1], s[1], s[1], s[1], 0})
	}
	return list
}

// rowReduceTune: whole rows.
func (op reduction) rowReduceTune(*engine.Caps) (list []ReduceParams) {
	for _, s := range rowsTune {
		list = append(list, ReduceParams{Rows: s[0], Cols: s[1], Chunk: s[1], LdY: 1, LdX: s[1], Count: s[1]})
	}
	return op.cases(list)[:len(list)]
}
