package bench

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// PhotoWidth and PhotoHeight are the size of COCO's usual pictures.
const (
	PhotoWidth, PhotoHeight = 640, 480
	photoQuality            = 90
)

// writePhotos writes n pictures as JPEG (4:2:0, quality 90) and gives their names and their
// mean size in bytes, about that of COCO's.
func writePhotos(dir string, n int) (names []string, bytesEach int, err error) {
	for i := range n {
		var out bytes.Buffer
		if err := jpeg.Encode(&out, drawPhoto(uint64(i)), &jpeg.Options{Quality: photoQuality}); err != nil {
			return nil, 0, err
		}
		name := filepath.Join(dir, fmt.Sprintf("photo%02d.jpg", i))
		if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
			return nil, 0, err
		}
		names = append(names, name)
		bytesEach += out.Len() / n
	}
	return names, bytesEach, nil
}

// drawPhoto draws what compresses like a photograph: a sky that fades, ground and discs with
// texture of all sizes (noise of five octaves), and the noise of a sensor in poor light, so that a file takes as much as one of COCO.
func drawPhoto(seed uint64) image.Image {
	rng := rand.New(rand.NewPCG(seed, 640))
	m := image.NewRGBA(image.Rect(0, 0, PhotoWidth, PhotoHeight))
	texture := fractal(rng)
	type disc struct{ x, y, r, contrast, red, green, blue float64 }
	discs := make([]disc, 12)
	for i := range discs {
		discs[i] = disc{
			rng.Float64() * PhotoWidth, rng.Float64() * PhotoHeight, 20 + 70*rng.Float64(), 20 + 130*rng.Float64(),
			255 * rng.Float64(), 255 * rng.Float64(), 255 * rng.Float64(),
		}
	}
	horizon := PhotoHeight * (0.3 + 0.4*rng.Float64())
	for y := range PhotoHeight {
		for x := range PhotoWidth {
			at := disc{contrast: 15, red: 120 + 0.2*float64(y), green: 160 + 0.15*float64(y), blue: 230}
			if float64(y) > horizon {
				at = disc{contrast: 170, red: 110, green: 120, blue: 70}
			}
			for _, d := range discs {
				if math.Hypot(float64(x)-d.x, float64(y)-d.y) < d.r {
					at = d
				}
			}
			light := at.contrast * texture[y][x]
			for c, v := range [3]float64{at.red, at.green, at.blue} {
				m.Pix[m.PixOffset(x, y)+c] = uint8(min(max(v+light+17*rng.NormFloat64(), 0), 255))
			}
			m.Pix[m.PixOffset(x, y)+3] = 255
		}
	}
	return m
}

// fractal is noise of five octaves, each half as strong as the coarser one.
func fractal(rng *rand.Rand) (sum [PhotoHeight][PhotoWidth]float64) {
	for octave, strength := 32, 0.5; octave >= 2; octave, strength = octave/2, strength/2 {
		wide := PhotoWidth/octave + 2
		grid := make([]float64, wide*(PhotoHeight/octave+2))
		for i := range grid {
			grid[i] = rng.NormFloat64()
		}
		for y := range PhotoHeight {
			for x := range PhotoWidth {
				i := y/octave*wide + x/octave
				fx, fy := float64(x%octave)/float64(octave), float64(y%octave)/float64(octave)
				upper := grid[i] + fx*(grid[i+1]-grid[i])
				lower := grid[i+wide] + fx*(grid[i+wide+1]-grid[i+wide])
				sum[y][x] += strength * (upper + fy*(lower-upper))
			}
		}
	}
	return sum
}
