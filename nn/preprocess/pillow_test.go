package preprocess

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// fixtures are what Pillow and torchvision made, as testdata/pillow.py recorded it.
type fixtures struct {
	Resizes []struct {
		From, To [2]int
		Seed     uint32
		Filter   string
		SHA256   string
	}
	Pipelines []struct {
		From     [2]int
		Seed     uint32
		Pipeline string
		SHA256   string
	}
	Pictures []struct {
		Name   string
		Size   [2]int
		SHA256 string
	}
}

func pillow(t *testing.T) (f fixtures) {
	data, err := os.ReadFile("testdata/pillow.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &f))
	return f
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// source is a picture of noise, ramps and edges: that of testdata/pillow.py.
func source(width, height int, seed uint32) *Image {
	m := NewImage(width, height)
	state := seed
	for y := range height {
		for x := range width {
			for c := range 3 {
				state = 1664525*state + 1013904223
				v := int(state >> 24)
				if (x/7+y/5)%2 == 0 {
					v = (3*((5*x+3*y+40*c)%256) + v) / 4
				}
				m.At(x, y)[c] = uint8(v)
			}
		}
	}
	return m
}

func TestResizeEqualsPillow(t *testing.T) {
	list := pillow(t).Resizes
	require.GreaterOrEqual(t, len(list), 3*20)
	filters := map[string]Filter{"bilinear": Bilinear, "bicubic": Bicubic, "nearest": Nearest}
	for _, c := range list {
		f := filters[c.Filter]
		require.Equal(t, c.Filter, f.String())
		got := Resize(source(c.From[0], c.From[1], c.Seed), c.To[0], c.To[1], f)
		require.Equal(t, c.To, [2]int{got.Width, got.Height})
		require.Equal(t, c.SHA256, hash(got.Pix), "%v to %v, %s", c.From, c.To, c.Filter)
	}
}

// What the resampler's arithmetic rests on: see begin.
func TestWeights(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for range 300 {
		in, out := 1+rng.IntN(500), 1+rng.IntN(500)
		for _, f := range []Filter{Bilinear, Bicubic} {
			var w taps
			w.set(in, out, 0, out, f)
			for i := range out {
				first, weights := w.of(i)
				require.True(t, first >= 0 && first+len(weights) <= in)
				require.Zero(t, append(w.weight[i*w.size:][:w.size:w.size], 0)[len(weights)])
				sum, negative := 0.0, 0.0
				for _, v := range weights {
					sum += float64(v) / (1 << fraction)
					negative += min(float64(v)/(1<<fraction), 0)
				}
				require.InDelta(t, 1, sum, 1e-4) // each is rounded by at most 2^-23
				require.Greater(t, negative, -0.5)
			}
		}
	}
}

func TestPipelinesEqualTorchvision(t *testing.T) {
	pipelines := map[string]Pipeline{
		"clip": CLIP(224), "clip336": CLIP(336), "imagenet": ImageNet(224), "eval": ImageNetEval(256, 224), "small": ImageNetEval(30, 45),
	}
	for _, c := range pillow(t).Pipelines {
		p, known := pipelines[c.Pipeline]
		require.True(t, known, c.Pipeline)
		m := source(c.From[0], c.From[1], c.Seed)
		planes, rows := make([]float32, p.Len()), make([]float32, p.Len())
		p.ApplyCHW(planes, m)
		bytes := make([]byte, 4*len(planes))
		for i, v := range planes {
			binary.LittleEndian.PutUint32(bytes[4*i:], math.Float32bits(v))
		}
		require.Equal(t, c.SHA256, hash(bytes), "%v, %s", c.From, c.Pipeline)
		p.Apply(rows, m)
		for i, v := range rows {
			if v != planes[i%3*p.Crop*p.Crop+i/3] {
				require.Fail(t, "the two layouts differ", "%v, %s, at %d", c.From, c.Pipeline, i)
			}
		}
	}
}

func TestPicturesEqualPillow(t *testing.T) {
	list := pillow(t).Pictures
	for _, c := range list {
		m, err := DecodeFile("testdata/pictures/" + c.Name)
		require.NoError(t, err)
		require.Equal(t, c.Size, [2]int{m.Width, m.Height}, c.Name)
		require.Equal(t, c.SHA256, hash(m.Pix), c.Name)
	}
	t.Logf("%d pictures: no byte differs from Pillow's", len(list))
}
