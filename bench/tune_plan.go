package bench

import (
	"cmp"
	"slices"

	"mindgap/engine"
)

// tuneShares weigh kernels by the time that training and measuring spend in them; what is
// not named has a share of 1.
var tuneShares = map[string]float64{
	"matmul": 8, "matmul_nt": 8, "matmul_tn": 6, "infonce_partial": 5, "infonce_grad": 5,
	"all_pairs_cosine_histogram": 4, "attention": 4, "attention_back": 4, "conv2d": 4, "conv2d_back": 3,
	"layer_norm": 2, "layer_norm_back": 2,
}

// tuneGroup is a kernel with its shapes.
type tuneGroup struct {
	spec  engine.Spec
	share float64
	items []*tuneItem

	checked map[string]string  // by variant: what is wrong with it, "" when nothing is
	behind  map[string]float64 // by variant: the time it took, in times the best's, where it did best
	reached float64            // the share of the roofline that the kernel reached last
}

// tuneItem is a kernel at a shape.
type tuneItem struct {
	group *tuneGroup
	p     any
	row   TuneRow
}

// plan lists what there is to tune, kernels that matter most first.
func (t *tuner) plan(table []engine.Spec) (groups []*tuneGroup) {
	if t.caps.Kind == "host" {
		return nil
	}
	for _, s := range table {
		g := &tuneGroup{
			spec: s, share: cmp.Or(tuneShares[s.Info().Name], 1), reached: 0.4,
			checked: map[string]string{}, behind: map[string]float64{},
		}
		cases, digest := s.TuneCases(&t.caps), ""
		if len(cases) > 0 {
			digest = engine.VariantsDigest(s)
		}
		for _, p := range cases {
			row := TuneRow{Kernel: s.Info().Name, Bucket: s.BucketOf(p), Case: s.Describe(p), State: TuneNotReached, digest: digest}
			if k := t.o.Known.Find(row.Kernel, row.Bucket); k != nil && k.Candidates == digest && !t.o.All {
				row.State, row.Variant, row.Seconds, row.Default, row.Before = TuneKnown, k.Variant, k.Seconds, k.Default, k.Before
			}
			i := &tuneItem{group: g, p: p, row: row}
			if t.o.DryRun && row.State == TuneNotReached {
				i.row.State = TunePlanned
				for _, v := range i.candidates(&t.caps) {
					i.row.Candidates = append(i.row.Candidates, TuneCandidate{Variant: v, Verdict: TuneNotRun})
				}
			}
			g.items = append(g.items, i)
		}
		if len(g.items) > 0 {
			groups = append(groups, g)
		}
	}
	slices.SortStableFunc(groups, func(a, b *tuneGroup) int { return cmp.Compare(b.share, a.share) })
	return groups
}

// made says whether a variant is made for such devices: whether it, or another of its text that
// reads the same buffers as texels, is preferred for any shape; and is not just the last, which
// stands there because it runs anywhere.
func (g *tuneGroup) made(variant string, c *engine.Caps) bool {
	list := g.spec.Info().Variants
	if variant == list[len(list)-1].Name {
		return false
	}
	this := list[slices.IndexFunc(list, func(v engine.VariantInfo) bool { return v.Name == variant })]
	for _, p := range slices.Concat(g.spec.TestCases(), g.spec.TuneCases(c)) {
		for _, v := range list {
			kin := len(v.Texel) > 0 && v.File == this.File && slices.Equal(v.Texel, this.Texel)
			if (kin || v.Name == variant) && g.spec.Prefers(v.Name, p, c) && g.spec.CanRun(v.Name, p, c) {
				return true
			}
		}
	}
	return false
}

// candidates lists the variants that can run a shape.
func (i *tuneItem) candidates(c *engine.Caps) (list []string) {
	for _, v := range i.group.spec.Info().Variants {
		if i.group.spec.CanRun(v.Name, i.p, c) {
			list = append(list, v.Name)
		}
	}
	return list
}

// estimate is how long one launch may take, from what the kernel reached at other shapes.
func (i *tuneItem) estimate(roof Roofline) float64 {
	return roof.Seconds(i.group.spec.CostOf(i.p))/i.group.reached + roof.LaunchUS*1e-6
}

// elements is the number of elements of all buffers.
func (i *tuneItem) elements() (n int) {
	for _, size := range i.group.spec.SizeOf(i.p) {
		n += size
	}
	return n
}
