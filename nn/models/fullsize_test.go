package models

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/nn"
)

// TestFullSizeParity is the half of make parity that runs here: bench/peers/parity.py has put a
// checkpoint, inputs and PyTorch's activations into the folder MINDGAP_PARITY. It prints a
// line for each layer, in the order in which the network computes them.
func TestFullSizeParity(t *testing.T) {
	folder := os.Getenv("MINDGAP_PARITY")
	if folder == "" {
		t.Skip("only by make parity, which runs PyTorch")
	}
	network := os.Getenv("MINDGAP_PARITY_NETWORK")
	single := readLayers(t, filepath.Join(folder, "float32.npz"))
	double := readLayers(t, filepath.Join(folder, "float64.npz"))
	for _, device := range strings.Split(os.Getenv("MINDGAP_PARITY_DEVICES"), ",") {
		d, err := engine.Open(device)
		require.NoError(t, err)
		began := time.Now()
		got := runSaved(t, d, network, folder)
		took := time.Since(began)
		require.Equal(t, single.names, got.names, "every layer of PyTorch has one here")
		fmt.Printf("\n%s on %s: max|a - b| / max|b|\n", network, d.Name())
		fmt.Printf("%-18s %12s %12s %12s\n", "layer", "to float32", "to float64", "torch's own")
		var worst [3]float64
		for _, name := range got.names {
			a, b, exact := got.values[name], single.values[name], double.values[name]
			row := [3]float64{difference(t, a, b), difference(t, a, exact), difference(t, b, exact)}
			fmt.Printf("%-18s %12.2g %12.2g %12.2g\n", name, row[0], row[1], row[2])
			for i := range row {
				worst[i] = max(worst[i], row[i])
			}
		}
		fmt.Printf("%-18s %12.2g %12.2g %12.2g   (%d layers, loaded and run in %.1f s)\n",
			"largest", worst[0], worst[1], worst[2], len(got.names), took.Seconds())
		if !(worst[0] <= parityBound) { // NaN fails too
			t.Errorf("%s on %s is %.2g from PyTorch; at most %g", network, device, worst[0], parityBound)
		}
		d.Close()
	}
}

// runSaved loads a network's weights and inputs from a folder and runs it forward.
func runSaved(t *testing.T, d *engine.Device, network, folder string) (got layers) {
	s := d.Scope()
	defer s.Close()
	file, err := tensorfile.OpenNamed(filepath.Join(folder, "weights.pt"))
	require.NoError(t, err)
	defer file.Close()
	pixels, shape := readArray(t, filepath.Join(folder, "images.npy"))
	images := s.Upload(pixels, shape...)
	w, tp := File{file}, nn.Inference(s)
	got.watch(t, tp, "")
	switch network {
	case "clip":
		m, _, err := LoadCLIP(s, w)
		require.NoError(t, err)
		return runCLIP(t, s, m, images, readIDs(t, filepath.Join(folder, "ids.npy")))
	case "vit":
		m, _, err := LoadViT(s, w)
		require.NoError(t, err)
		m.Forward(tp, nn.Const(images))
	default:
		m, _, err := LoadResNet(s, w)
		require.NoError(t, err)
		m.Forward(tp, nn.Const(images))
	}
	return got
}
