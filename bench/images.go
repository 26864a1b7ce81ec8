package bench

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"mindgap/engine"
)

// ImagesReport says how fast pictures become a network's input, here and in torchvision with
// Pillow.
type ImagesReport struct {
	Cores    int         `json:"cores"`
	Load     float64     `json:"load"` // as in Report
	Busy     bool        `json:"busy"`
	Pictures string      `json:"pictures"`
	Peer     string      `json:"peer,omitempty"` // versions; empty: it did not take part
	Equal    bool        `json:"equal"`          // both make the same bits of every picture
	CopyGBs  float64     `json:"copy_gb_s"`      // the host's copy roofline, read and written bytes together
	Rows     []ImagesRow `json:"rows"`
}

// ImagesRow is one stage: decode (a file to RGB), prepare (RGB to the network's input: resize,
// crop, normalise) or all (both).
type ImagesRow struct {
	Stage   string   `json:"stage"`
	Ours    Interval `json:"pictures_per_s"`
	Theirs  Interval `json:"peer_pictures_per_s"`
	Ratio   Interval `json:"ratio"`               // ours over theirs, of neighbouring rounds
	Percent float64  `json:"percent_of_roofline"` // of the copy roofline: what a stage must read and write, as stageBytes counts it
	CPU     float64  `json:"cpu_ms"`              // processor time of a picture; 0: not known
	PeerCPU float64  `json:"peer_cpu_ms"`
}

//go:embed peers/preprocess.py
var preprocessPeer string

const (
	photos      = 16
	photosRound = 64 // in a round
	installPeer = "install them with `pip install torch torchvision pillow numpy` or, on Debian, `apt install python3-torch python3-torchvision python3-pil`, or name another Python with --python"
)

// Images times all stages in interleaved rounds on all cores. python is the interpreter that runs
// the peer; "none" leaves it out.
func Images(ctx context.Context, python string, l Limits, step func(string)) (*ImagesReport, error) {
	if python != "none" {
		if _, err := exec.LookPath(python); err != nil {
			return nil, fmt.Errorf("%s is not there: install Python 3, name another with --python, or --python none to go without the peer", python)
		}
	}
	dir, err := os.MkdirTemp("", "mindgap-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	step("drawing pictures")
	names, size, err := writePhotos(dir, photos)
	if err != nil {
		return nil, err
	}
	var cmd *exec.Cmd
	if python != "none" {
		script := filepath.Join(dir, "preprocess.py")
		if err := os.WriteFile(script, []byte(preprocessPeer), 0o644); err != nil {
			return nil, err
		}
		cmd = exec.CommandContext(ctx, python, append([]string{script, strconv.Itoa(runtime.GOMAXPROCS(0))}, names...)...)
		// Memory that is freed stays with the process: otherwise the peer spends more time on
		// page faults than on pictures.
		cmd.Env = append(os.Environ(), "MALLOC_TRIM_THRESHOLD_=1073741824", "MALLOC_MMAP_THRESHOLD_=1073741824", "PILLOW_BLOCKS_MAX=64")
	}
	cores := runtime.GOMAXPROCS(0)
	r := &ImagesReport{Cores: cores, Load: Load(cores)}
	r.Busy = r.Load > BusyLoad
	step("roofline")
	host := PeersDevice{Caps: engine.Caps{Name: "host"}}
	if err := host.measure(ctx); err != nil {
		return nil, err
	}
	r.CopyGBs = host.Roofline.CopyGBs
	return r, r.run(ctx, cmd, names, size, photosRound, l, step)
}

// run fills in the rows.
func (r *ImagesReport) run(ctx context.Context, cmd *exec.Cmd, names []string, size, round int, l Limits, step func(string)) error {
	r.Rows = []ImagesRow{}
	r.Pictures = fmt.Sprintf("%d of %d x %d pixels, JPEG 4:2:0 of quality %d, %d kB each", len(names), PhotoWidth, PhotoHeight, photoQuality, size/1000)
	work, err := newImagesWork(names, round)
	if err != nil {
		return err
	}
	var them *peer
	if cmd != nil {
		if them, err = startPeer(cmd, installPeer); err != nil {
			return err
		}
		defer them.stop()
		r.Peer = them.Versions
		hashes, err := them.ask(fmt.Sprint("hash ", len(names)))
		if err != nil {
			return err
		}
		r.Equal = slices.Equal(hashes, work.hashes())
	}
	for _, stage := range []string{"decode", "prepare", "all"} {
		step(stage)
		row, err := work.stage(ctx, stage, them, l)
		if err != nil {
			return err
		}
		row.Percent = 100 * row.Ours.Median * stageBytes(stage, size) / (r.CopyGBs * 1e9)
		r.Rows = append(r.Rows, row)
	}
	return nil
}

// stage times interleaved rounds, each side first in every other one; the first is a warm-up.
func (w *imagesWork) stage(ctx context.Context, stage string, them *peer, l Limits) (ImagesRow, error) {
	row := ImagesRow{Stage: stage}
	var ours, theirs, ratios []float64
	sides := []func() error{
		func() error {
			start, cpu := time.Now(), cpuSeconds()
			err := w.run(ctx, stage)
			ours = append(ours, float64(w.round)/time.Since(start).Seconds())
			row.CPU += cpuSeconds() - cpu
			return err
		},
		func() error {
			if them == nil {
				return nil
			}
			words, err := them.ask(fmt.Sprint(stage, " ", w.round))
			if err != nil {
				return err
			}
			var seconds, cpu float64
			if _, err := fmt.Sscan(strings.Join(words, " "), &seconds, &cpu); err != nil {
				return fmt.Errorf("%s answers %q", them.cmd.Path, words)
			}
			theirs = append(theirs, float64(w.round)/seconds)
			row.PeerCPU += cpu
			return nil
		},
	}
	for i := range l.Rounds + 1 {
		for j := range sides {
			if err := ctx.Err(); err != nil {
				return row, err
			}
			if err := sides[(i+j)%2](); err != nil {
				return row, err
			}
		}
		if i == 0 {
			ours, theirs, row.CPU, row.PeerCPU = nil, nil, 0, 0
		} else if them != nil {
			ratios = append(ratios, ours[i-1]/theirs[i-1])
		}
	}
	perPicture := 1000 / float64(l.Rounds*w.round)
	row.CPU *= perPicture
	row.PeerCPU *= perPicture
	row.Ours = Median(ours)
	if them != nil {
		row.Theirs, row.Ratio = Median(theirs), Median(ratios)
	}
	return row, nil
}
