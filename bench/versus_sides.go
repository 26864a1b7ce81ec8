package bench

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"mindgap/bench/peers/gonum"
	"mindgap/engine"
	"mindgap/kernels"
)

// side is one of those that do a work.
type side struct {
	name    string
	run     func(times int) (float64, error) // gives the seconds of one run
	mine    bool
	first   float64   // seconds of the first run
	samples []float64 // seconds of one run, by round
	wrong   Figure    // error against float64
	bytes   Figure
	same    int   // ours: of ten runs those that gave the first one's bits
	err     error // a peer's; it takes no further part
}

// PeersLimits are those of recipe R0, or short ones: warm-up, aim of a round of one side, rounds,
// and what all of a work's rounds may take before there are fewer of them, but at least five.
func PeersLimits(quick bool) Limits {
	if quick {
		return Limits{Warm: 100 * time.Millisecond, Round: 20 * time.Millisecond, Rounds: 6, Budget: 3 * time.Second}
	}
	return Limits{Warm: 500 * time.Millisecond, Round: 50 * time.Millisecond, Rounds: 12, Budget: 10 * time.Second}
}

// rest is the pause before a side's turn: the workers of OpenBLAS and OpenMP go on spinning for some
// 20 ms after their work, on the cores of whoever comes next.
const rest = 30 * time.Millisecond

// takeTurns times sides in turn, each round in another order. A peer that fails is left out from then on.
func takeTurns(ctx context.Context, l Limits, sides []*side) error {
	times, all := map[*side]int{}, 0.0
	for _, s := range sides {
		one, spent := s.first, 0.0
		if s.first > 4*l.Warm.Seconds() {
			spent = s.first // a long run is a warm-up; a short one may be the setting up of things
		}
		for n := 1; spent < l.Warm.Seconds() && s.err == nil; n *= 2 {
			if err := s.attempt(ctx, n, &one); err != nil {
				return err
			}
			spent += one * float64(n)
		}
		times[s] = int(min(max(1, l.Round.Seconds()/max(one, 1e-9)), 1e5))
		all += one * float64(times[s])
	}
	rounds := max(min(l.Rounds, int(l.Budget.Seconds()/all)), min(l.Rounds, 5))
	order := rand.New(rand.NewPCG(1, 1))
	for range rounds {
		for _, i := range order.Perm(len(sides)) {
			s := sides[i]
			if s.err != nil {
				continue
			}
			time.Sleep(rest)
			one := 0.0
			if err := s.attempt(ctx, times[s], &one); err != nil {
				return err
			}
			s.samples = append(s.samples, one)
		}
	}
	return nil
}

// attempt runs a side. A fault of ours is an error; a peer's is kept.
func (s *side) attempt(ctx context.Context, times int, one *float64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	v, err := s.run(times)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && s.mine {
		return err
	}
	*one, s.err = v, err
	return nil
}

// entry is our side of a work on a device of its own, open until close.
type entry struct {
	side
	d     *engine.Device
	scope *engine.Scope
	ours  ours
	close func()
}

// enter opens a device, lays the inputs on it and runs the work once, measuring memory and error.
func enter(ctx context.Context, device string, options []engine.Option, w arrayWork, in []array, want results) (*entry, error) {
	d, err := engine.Open(device, options...)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { d.Interrupt(nil) })
	e := &entry{d: d, scope: d.Scope()}
	e.close = func() { e.scope.Close(); stop(); d.Close() }
	if err := e.begin(ctx, w, in, want); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

func (e *entry) begin(ctx context.Context, w arrayWork, in []array, want results) error {
	x := map[string]*engine.Tensor{}
	for _, a := range in {
		x[a.name] = e.scope.Upload(a.data, a.shape...)
	}
	spare := e.d.Scope()
	if o := w.attach(spare, x); o.prime != nil {
		o.prime()
	}
	err := e.d.Sync()
	spare.Close()
	e.d.Trim()
	if err != nil {
		return err
	}
	before, grown := e.d.Memory().Used, residentGrowth()
	e.ours = w.attach(e.scope, x)
	e.side = side{name: e.d.Name(), mine: true, run: func(times int) (float64, error) { return timeRuns(ctx, e.d, times, e.ours.run) }}
	if e.first, err = e.run(1); err != nil {
		return err
	}
	e.bytes = Figure(max(e.d.Memory().Peak-before, grown()))
	got, err := e.ours.read()
	if err != nil {
		return err
	}
	e.wrong, err = far(got, want)
	return err
}

// timeRuns gives the seconds of one of some runs that a device does one after the other.
func timeRuns(ctx context.Context, d *engine.Device, times int, run func(context.Context) error) (float64, error) {
	start := time.Now()
	for range times {
		if err := run(ctx); err != nil {
			return 0, err
		}
	}
	err := d.Sync()
	return time.Since(start).Seconds() / float64(times), err
}

// repeat counts how many of ten runs give the bits of the first.
func (e *entry) repeat() error {
	var first uint64
	for i := range 10 {
		if _, err := e.run(1); err != nil {
			return err
		}
		sum, err := e.ours.digest()
		if err != nil {
			return err
		}
		if i == 0 {
			first = sum
		}
		if sum == first {
			e.same++
		}
	}
	return nil
}

// digest is a hash (FNV-1a, of words) of all bits of the results.
func (o *ours) digest() (uint64, error) {
	const prime = 1099511628211
	var sum uint64 // of results in any order
	for _, t := range o.made {
		x, err := t.Floats()
		if err != nil {
			return 0, err
		}
		h := uint64(14695981039346656037)
		for _, v := range x {
			h = (h ^ uint64(math.Float32bits(v))) * prime
		}
		sum += h
	}
	if o.values != nil {
		for _, x := range o.values() {
			h := uint64(14695981039346656037)
			for _, v := range x {
				h = (h ^ math.Float64bits(v)) * prime
			}
			sum += h
		}
	}
	return sum, nil
}

// own is a peer that runs on the entry's device: what the device can do at most, or a kernel of
// ours that is forced.
func (e *entry) own(ctx context.Context, peer string, w arrayWork, want results) (*side, error) {
	s := &side{name: peer, wrong: unknown, bytes: unknown}
	run, scale := func(context.Context) error { return nil }, 1.0
	c := w.cost()
	switch peer {
	case ceilingPeer:
		probe, flops, err := e.ceiling(ctx)
		if err != nil {
			return nil, err
		}
		run, scale = probe, c.Flops/flops
	case copyPeer:
		n := int(c.Bytes) / 8 &^ 3
		y, x := e.scope.Floats(n), e.scope.Upload(normals(n, 1), n)
		run = func(context.Context) error { copyFloats.Run(CopyParams{int32(n)}, y, x); return nil }
		scale = c.Bytes / float64(8*n)
	case halfGemmPeer:
		n := min(8192, int(math.Cbrt(c.Flops/2)))
		a, y := e.scope.Upload(normals(n*n, 1), n, n), e.scope.Floats(n, n)
		run = func(context.Context) error { kernels.MatMul(y, a, a); return nil }
		scale = c.Flops / (2 * math.Pow(float64(n), 3))
	case sharedPeer, registerPeer:
		variant := map[string]string{sharedPeer: "shared", registerPeer: "register"}[peer]
		run = func(ctx context.Context) error {
			e.d.Force("matmul", variant)
			defer e.d.Force("matmul", "")
			return e.ours.run(ctx)
		}
	default:
		return nil, fmt.Errorf("bench: no peer is called %q", peer)
	}
	s.run = func(times int) (float64, error) {
		one, err := timeRuns(ctx, e.d, times, run)
		return one * scale, err
	}
	var err error
	if s.first, err = s.run(1); err != nil {
		return nil, err
	}
	if peer == sharedPeer || peer == registerPeer {
		got, err := e.ours.read()
		if err != nil {
			return nil, err
		}
		if s.wrong, err = far(got, want); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// ceiling is the roofline's multiply-add probe by the variant that is the fastest here, and its flops.
func (e *entry) ceiling(ctx context.Context) (run func(context.Context) error, flops float64, err error) {
	size := probeSizesFor(e.d.Caps())
	p := MultiplyAddParams{int32(size.chain), int32(size.steps)}
	y, x := e.scope.Floats(size.chain), e.scope.Upload(normals(size.chain, 1), size.chain)
	by := func(variant string) func(context.Context) error {
		return func(context.Context) error {
			e.d.Force(multiplyAdd.Name, variant)
			multiplyAdd.Run(p, y, x)
			return nil
		}
	}
	fastest, least := "", math.Inf(1)
	if e.d.Caps().Kind != "host" { // which has no variants
		for _, v := range multiplyAdd.Variants {
			for range 4 {
				one, err := timeRuns(ctx, e.d, 2, by(v.Name))
				if err != nil {
					return nil, 0, err
				}
				if one < least {
					fastest, least = v.Name, one
				}
			}
		}
	}
	return by(fastest), multiplyAdd.Cost(p).Flops, nil
}

// gonumSide is gonum's product in this process.
func gonumSide(w matmulWork, x map[string]array, want results) (*side, error) {
	a, b := x["a"].data, x["b"].data
	grown := residentGrowth()
	c := make([]float32, w.N*w.N)
	s := &side{name: gonumLib, run: func(times int) (float64, error) {
		start := time.Now()
		for range times {
			gonum.MatMul(c, a, b, w.N, w.NT)
		}
		return time.Since(start).Seconds() / float64(times), nil
	}}
	s.first, _ = s.run(1)
	s.bytes = Figure(grown())
	got := results{}
	for _, i := range sampleRows(w.N) {
		got["c"] = append(got["c"], float64s(c[i*w.N:][:w.N])...)
	}
	var err error
	s.wrong, err = far(got, want)
	return s, err
}

// pythonSide is a peer in Python that has done the work once.
func pythonSide(p *peer, name, folder string, scale float64, want results) *side {
	s := &side{name: name, wrong: unknown, bytes: unknown}
	s.run = func(times int) (float64, error) {
		one, err := p.seconds(times)
		return one * scale, err
	}
	if s.first, s.err = s.run(1); s.err != nil {
		return s
	}
	words, err := p.query("memory")
	if err == nil {
		var bytes float64
		if _, err = fmt.Sscan(fmt.Sprint(words[0]), &bytes); err == nil {
			s.bytes = Figure(bytes)
		}
	}
	if err == nil && want != nil {
		var got results
		if got, err = p.results(name, folder); err == nil {
			s.wrong, err = far(got, want)
		}
	}
	s.err = err
	return s
}
