package paper

import (
	"context"
	"fmt"

	"mindgap/cmd/mindgap/internal/report"
	"mindgap/geometry"
	"mindgap/kernels"
)

// fig2cNetworks are the streams of the networks' weights: one per network and seed.
const fig2cNetworks = 4000

// networkCones runs encoders of many seeds on the same inputs and keeps their unit rows, by
// network and inputs. Each network is made, used and given back before the next: one is in
// memory at a time.
func networkCones(ctx context.Context, e *Env, nets []*network, size fig2cSize) ([]*cones, error) {
	feeds := []*inputs{noise(e.Seed)}
	if len(e.Data) > 0 || e.Scale == Paper {
		seen, err := realInputs(e, size.inputs)
		if err != nil {
			return nil, err
		}
		if seen.count > 0 && seen.count < size.inputs {
			return nil, fmt.Errorf("%s, want %d", seen.says, size.inputs)
		}
		feeds = append(feeds, seen)
	}
	var out []*cones
	e.Progress.Start("fig2c: networks", float64(len(nets)*size.seeds*size.inputs*len(feeds)), "inputs")
	for k, net := range nets {
		data := make([][]float32, len(feeds))
		width := 0
		for seed := range size.seeds {
			stream := fig2cNetworks + uint32(100*k+seed)
			w, err := embedFeeds(ctx, e, net, stream, feeds, size.inputs, data)
			if err != nil {
				return nil, err
			}
			width = w
		}
		for i, feed := range feeds {
			c := &cones{network: net.name, net: net, input: feed.says, own: feed.own, size: size}
			c.size.n, c.size.width = size.inputs, width
			rows, err := geometry.FromFloat32(size.seeds*size.inputs, width, data[i])
			if err != nil {
				return nil, err
			}
			if c.rows, err = rows.Normalise(); err != nil {
				return nil, err
			}
			out = append(out, c)
		}
	}
	e.Device.Trim()
	return out, nil
}

// embedFeeds adds the rows of one network of a seed to data, for each kind of inputs.
func embedFeeds(ctx context.Context, e *Env, net *network, stream uint32, feeds []*inputs, n int, data [][]float32) (width int, err error) {
	s := e.Device.Scope()
	defer s.Close()
	x := net.random(s, kernels.NewRandom(e.Seed, stream))
	for i, feed := range feeds {
		inner := e.Device.Scope()
		rows, err := x.embed(ctx, e, inner, n, feed)
		var list []float32
		if err == nil {
			list, err = rows.Floats()
		}
		inner.Close()
		if err != nil {
			return 0, err
		}
		data[i] = append(data[i], list...)
	}
	return x.width, nil
}

// networkClaims are what the paper says of the cones of real architectures.
func networkClaims(c *cones) []report.Claim {
	id, want := "-"+c.id(), c.size.seeds-1
	around, reach, why := 0.0, 0.03, "two random projections of one space"
	if c.network == "resnet18" {
		around, reach, why = 0.5, 0.1, "features that have passed a ReLU are not negative (quirk D6)"
	}
	kind, islands := report.Check, "25 separate islands"
	if c.trained { // no law says where training leads
		kind, islands = report.Observation, "11 separate islands (Supplementary Figure 13)"
		around, reach, why = 0, .2, "training does not bring the cones of different seeds together"
	}
	off := abs(c.across - around)
	out := []report.Claim{
		{
			ID: "cross-seed" + id, Kind: report.Observation,
			Text:  fmt.Sprintf("%s: the mean cosine between outputs of different networks is about %.1f (%.4f): %s.", c.name(), around, c.across, why),
			Paper: around, Got: off, Want: fmt.Sprintf("<= %g", reach), Holds: off <= reach,
		}, {
			ID: "purity" + id, Kind: kind,
			Text:  c.name() + ": the 14 nearest neighbours of a row come from its own network.",
			Paper: islands, Got: c.purity, Want: "= 1", Holds: c.purity == 1,
		}, {
			ID: "cone" + id, Kind: report.Observation,
			Text:  c.name() + ": each cone is narrower than the cones are close, mean cosine within a network less that across.",
			Paper: "disjoint cones", Got: c.within - c.across, Want: "> 0", Holds: c.within > c.across,
		},
	}
	if c.trained {
		return out
	}
	return append(out, report.Claim{
		ID: "directions" + id, Kind: report.Check,
		Text: fmt.Sprintf("%s: %d cones span %d directions about their mean, and the singular values fall most steeply after these (by a factor of %.3g).",
			c.name(), c.size.seeds, want, c.value(want)/c.value(want+1)),
		Paper: 24, Got: float64(c.dominant), Want: fmt.Sprintf("= %d", want), Holds: c.dominant == want,
	})
}

// name says which cones these are.
func (c *cones) name() string {
	if c.net == nil {
		return c.network
	}
	return c.net.title + " on " + c.input
}

// id tells the claims of cones apart.
func (c *cones) id() string {
	if c.net == nil {
		return fmt.Sprint(c.depth)
	}
	if c.input == "noise" || c.trained {
		return c.network
	}
	return c.network + "-real"
}
