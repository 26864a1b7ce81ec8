package measure

import (
	"context"
	"fmt"
	"math"

	"mindgap/cmd/mindgap/internal/progress"
	"mindgap/engine"
)

// Options say how to measure.
type Options struct {
	Device      *engine.Device
	Seed        uint64
	Raw         bool      // leave rows as they lie; else they are L2-normalised first
	LogitScales []float64 // of InfoNCE
	Core        bool      // the measures alone: no intervals, floors, distributions, spectra
	Sample      int       // all-pairs measures take this many rows at random where there are more
	Exact       bool      // all pairs of all rows, however many
	DropBad     bool      // leave out pairs with a row of zeros or with a NaN, instead of refusing
	Memory      int64     // bytes of one modality's rows that may be held; beyond them exact tiles read files again
	Progress    *progress.Line

	block int // rows of a file that exact tiles hold at once; 0: fileBlock
}

// Defaults of the command.
const (
	DefaultSample = 20000
	DefaultMemory = 2 << 30
	level         = 0.95
	groups        = 20   // of the jackknife
	resamples     = 1000 // of the bootstrap, and random pairings
	fewest        = 10   // pairs: with fewer there are no intervals
)

func (o *Options) check() error {
	for _, s := range o.LogitScales {
		if !(s > 0) || s > 1e4 || math.IsInf(s, 0) {
			return fmt.Errorf("--logit-scale %v: want numbers above 0, at most 10000", s)
		}
	}
	if len(o.LogitScales) == 0 {
		return fmt.Errorf("--logit-scale: want at least one number")
	}
	if o.Sample < 2 {
		return fmt.Errorf("--sample %d: want at least 2 rows", o.Sample)
	}
	return nil
}

// Run measures the modalities in the named files.
func Run(ctx context.Context, names []string, o Options) (*Result, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	in, err := openInputs(names)
	if err != nil {
		return nil, err
	}
	defer in.close()
	m := &measurer{Options: o, ctx: ctx, in: in, groups: min(groups, in.n)}
	return m.run()
}

// measurer is one call of Run.
type measurer struct {
	Options
	ctx    context.Context
	in     *inputs
	groups int // of the jackknife: fewer where there are fewer rows
	scan   *scan
	res    *Result

	residents []*resident
}

func (m *measurer) run() (*Result, error) {
	defer m.Progress.Stop()
	defer m.leaveDevice()
	var err error
	if m.scan, err = m.scanRows(); err != nil {
		return nil, err
	}
	m.res = newResult(m)
	m.warnRows()
	chosen, err := m.choose()
	if err != nil {
		return nil, err
	}
	m.res.AllPairs = AllPairs{Rows: chosen.n, Of: m.scan.n, How: chosen.how, Held: chosen.n}
	if m.Exact && !chosen.all {
		m.res.AllPairs.Rows, m.res.AllPairs.How = m.scan.n, "every pair, in tiles read from the files"
	}
	within := make([]*withinMeasures, len(m.in.modalities))
	for k := range within {
		if within[k], err = m.within(chosen, k); err != nil {
			return nil, err
		}
	}
	for _, pair := range m.scan.pairs {
		if err := m.pair(chosen, pair, within[pair.a], within[pair.b]); err != nil {
			return nil, err
		}
	}
	m.res.matrices()
	return m.res, nil
}
