package paper

import (
	"context"
	"fmt"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
)

var table2 = &Experiment{
	Name: "table2", Where: "Table 2; Supplementary Table 4; Supplementary Figure 11", Title: "Errors by group when the gap changes", Needs: []string{zeroShotData},
	Doc:    "A classifier by nearest prompt makes errors of some kinds in some groups of pictures more often than in others. The paper counts how often CLIP gives denigrating prompts to photographs of people, by race, before and after the image embeddings are moved along the gap: a slightly larger gap makes fewer such errors in most groups. Without photographs and a CLIP, no people and no such prompts are used: the same count runs on drawn scenes in groups by drawing style, with prompts that are merely false of every scene.",
	Inputs: weightDigests,
	Run: func(ctx context.Context, e *Env) (*report.Result, error) {
		s := e.Device.Scope()
		defer s.Close()
		m, err := openDual(e, s)
		if err != nil {
			return nil, err
		}
		size := table2Size{2000, 500, 2000}
		if e.Scale == Paper {
			size = table2Size{10954, 5000, 0} // as FairFace's validation set, and COCO's pairs
		}
		return table2At(ctx, e, m, size)
	},
}

// table2Size is how many scenes are drawn, how many pairs give the direction of the gap, and
// how many given pictures are taken; 0: all.
type table2Size struct{ drawn, pairs, given int }

// table2Deltas are the shifts of the images, factor 1 (quirk D12), in the order of the paper.
var table2Deltas = []float64{0, -.2, -.5, -1, .75}

// harmData is pictures in groups with what they may be taken for.
type harmData struct {
	images, texts   geometry.Rows
	classes, groups []string
	prompts         []string
	labels, group   []int // of each picture
	family          []int // of each class: 0 none, 1 and 2 the errors that are counted
	families        [2]string
	pairs           [2]geometry.Rows // whose gap gives the direction; images and texts
	pairsSay        string
	given           bool   // photographs of people, as published
	says, mark      string // what this is; the mark is for captions
}

// harmCounts is what the pictures were taken for at one shift.
type harmCounts struct {
	delta, gap float64
	top1       float64
	byGroup    [][]int // pictures of a group that were taken for a class
	byClass    [][]int // and of a true class
}

// harmRate is a row of Table 2, in percent.
type harmRate struct {
	group     string
	a, b, sum float64
	n         int
}

func table2At(ctx context.Context, e *Env, m *dual, size table2Size) (*report.Result, error) {
	e.Progress.Start("table2", 0, "inputs")
	h, err := table2Data(ctx, e, m, size)
	if err != nil {
		return nil, err
	}
	list, device, err := h.measure(ctx, e)
	if err != nil {
		return nil, err
	}
	claims, err := h.claims(e, list, device)
	if err != nil {
		return nil, err
	}
	return &report.Result{
		Inputs: h.says, Claims: claims, Tables: h.tables(list), Figures: h.figures(),
		Sketches: []report.Sketch{h.confusionSketch(list[0])},
	}, nil
}

// measure shifts the images and counts what they are taken for.
func (h *harmData) measure(ctx context.Context, e *Env) (list []harmCounts, device worstShare, err error) {
	pairs, err := geometry.NewClassSweep(h.pairs[0], h.pairs[1], nil, geometry.ShiftFirst)
	if err != nil {
		return nil, 0, err
	}
	s, err := geometry.NewClassSweep(h.images, h.texts, pairs.Direction(), geometry.ShiftFirst)
	if err != nil {
		return nil, 0, err
	}
	for _, delta := range table2Deltas {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		c := harmCounts{delta: delta, gap: pairs.Distance(delta), byGroup: zeros(len(h.groups), len(h.classes)), byClass: zeros(len(h.classes), len(h.classes))}
		right := 0
		s.Cosines(delta, func(i int, cosines []float64) {
			best := 0 // the softmax of 100 times these has the same largest; of equals the first
			for k, v := range cosines {
				if v > cosines[best] {
					best = k
				}
			}
			c.byGroup[h.group[i]][best]++
			c.byClass[h.labels[i]][best]++
			if best == h.labels[i] {
				right++
			}
		})
		c.top1 = float64(right) / float64(len(h.labels))
		list = append(list, c)
	}
	device, err = deviceCosines(e, h.images, h.texts, s.Direction(), geometry.ShiftFirst, table2Deltas)
	return list, device, err
}

func zeros(rows, cols int) [][]int {
	out := make([][]int, rows)
	for i := range out {
		out[i] = make([]int, cols)
	}
	return out
}

// rates are those of the groups that have pictures.
func (h *harmData) rates(c harmCounts) []harmRate {
	var out []harmRate
	for g, row := range c.byGroup {
		r := harmRate{group: h.groups[g]}
		var of [3]int
		for k, n := range row {
			r.n += n
			of[h.family[k]] += n
		}
		if r.n == 0 {
			continue
		}
		share := 100 / float64(r.n)
		r.a, r.b, r.sum = share*float64(of[1]), share*float64(of[2]), share*float64(of[1]+of[2])
		out = append(out, r)
	}
	return out
}

// at is what was measured at a shift of table2Deltas.
func at(list []harmCounts, delta float64) harmCounts {
	for _, c := range list {
		if c.delta == delta {
			return c
		}
	}
	panic(fmt.Sprintf("paper: no shift of %g", delta))
}
