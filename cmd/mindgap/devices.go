package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mindgap/bench"
	"mindgap/engine"
)

// deviceRow is a device in `devices --json`.
type deviceRow struct {
	engine.Caps
	Auto     bool            `json:"auto"` // what --device auto takes
	Measured *bench.Roofline `json:"measured,omitempty"`
	Error    string          `json:"error,omitempty"`
}

// devicesLimits keep the measurement of a device to about a second.
var devicesLimits = bench.Limits{Warm: 60 * time.Millisecond, Round: 20 * time.Millisecond, Rounds: 7, Budget: 150 * time.Millisecond}

func (a *app) devicesCmd() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "devices", Short: "List the devices of this machine, with a one-second measurement of each", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.devices(c.Context(), asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *app) devices(ctx context.Context, asJSON bool) error {
	list, noGL := engine.List()
	if len(list) == 0 {
		return noGL
	}
	auto := autoDevice(list)
	rows := []deviceRow{}
	for _, c := range list {
		row := deviceRow{Caps: c, Auto: c.Name == auto}
		if err := a.measureDevice(ctx, &row); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			row.Error = oneLine(err)
		}
		rows = append(rows, row)
	}
	why := ""
	if noGL != nil {
		why = oneLine(noGL)
	}
	if asJSON {
		return a.writeJSON(struct {
			Devices []deviceRow `json:"devices"`
			NoGL    string      `json:"no_gl,omitempty"`
		}{rows, why})
	}
	for _, r := range rows {
		a.printDevice(r)
	}
	if why != "" {
		a.printf("no OpenGL device: %s\n", why)
	}
	return nil
}

// autoDevice is what Open("auto") takes: the first OpenGL device with hardware, else host.
func autoDevice(list []engine.Caps) string {
	for _, c := range list {
		if c.Kind == "gl" && !c.Software {
			return c.Name
		}
	}
	return "host"
}

// measureDevice opens the device and fills in what only an open device tells.
func (a *app) measureDevice(ctx context.Context, r *deviceRow) error {
	d, done, err := a.open(ctx, r.Name)
	if err != nil {
		return err
	}
	defer done()
	r.Caps = d.Caps()
	m, err := bench.MeasureRoofline(ctx, d, devicesLimits)
	if err != nil {
		return err
	}
	r.Measured = &m
	return nil
}

func (a *app) printDevice(r deviceRow) {
	auto := ""
	if r.Auto {
		auto = "  (auto)"
	}
	a.printf("%s%s\n", r.Name, auto)
	line := func(name, format string, args ...any) { a.printf("  %-12s %s\n", name, fmt.Sprintf(format, args...)) }
	line("renderer", "%s", r.Renderer)
	if r.Error != "" {
		line("error", "%s", r.Error)
		a.printf("\n")
		return
	}
	if r.Kind == "gl" {
		software := "hardware"
		if r.Software {
			software = "software: shaders run on the processor"
		}
		line("driver", "%s, GLSL %s, %s", r.Version, r.GLSL, r.Vendor)
		line("context", "%s, %s", r.Via, software)
		line("groups", "%d x %d x %d of at most %d invocations, %s shared", r.MaxGroups[0], r.MaxGroups[1], r.MaxGroups[2], r.MaxInvocations, engine.Bytes(int64(r.MaxShared)))
		subgroups := "none that shaders can reduce over"
		if r.Subgroup > 0 {
			subgroups = fmt.Sprintf("of %d, with sums and maxima", r.Subgroup)
		}
		line("subgroups", "%s", subgroups)
		line("buffers", "%d storage blocks of %s, texel buffers of %d texels", r.MaxBlocks, engine.Bytes(r.MaxBlockBytes), r.MaxTexels)
		budget := "no limit seen"
		if r.LoopBudget > 0 {
			budget = fmt.Sprintf("%d iterations of one invocation", r.LoopBudget)
		}
		line("loops", "%s", budget)
		line("timer", "%s", r.Timer)
		line("tuning", "%s", cmp.Or(r.Tuning, "none"))
		if len(r.Extensions) > 0 {
			line("extensions", "%s", strings.Join(r.Extensions, " "))
		}
	} else {
		line("blas", "%s", r.BLAS)
	}
	line("memory", "%s", engine.Bytes(r.MaxMemory))
	line("errors", "exp %.2g, log %.2g, sin %.2g, cos %.2g, sqrt %.2g, / %.2g (units of 2^-24)", r.Math.Exp, r.Math.Log, r.Math.Sin, r.Math.Cos, r.Math.Sqrt, r.Math.Div)
	if m := r.Measured; m != nil {
		line("measured", "%s", roofText(*m))
	}
	a.printf("\n")
}

func roofText(m bench.Roofline) string {
	if m.MatmulGFlops > 0 {
		return fmt.Sprintf("matmul %.1f GFLOP/s, %s", m.MatmulGFlops, m)
	}
	return m.String()
}
