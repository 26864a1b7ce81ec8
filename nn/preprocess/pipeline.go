package preprocess

import (
	"fmt"
	"math"
)

// Pipeline turns pictures into a network's input, as torchvision's transforms do it: Resize,
// CenterCrop, ToTensor, Normalize. Results equal torchvision's to the bit.
type Pipeline struct {
	Resize    int // what the shorter side becomes; 0: the picture keeps its size
	Filter    Filter
	Crop      int // side of the square that is cut from the middle; black where the picture ends
	Mean, Std [3]float32
}

// Mean and standard deviation of ImageNet's pictures, by which torchvision's models normalise.
var (
	imageNetMean = [3]float32{0.485, 0.456, 0.406}
	imageNetStd  = [3]float32{0.229, 0.224, 0.225}
)

// CLIP is the preprocessing of OpenAI's CLIP at a model's size: 224, or 288, 336, 384, 448.
func CLIP(size int) Pipeline {
	return Pipeline{
		size, Bicubic, size,
		[3]float32{0.48145466, 0.4578275, 0.40821073}, [3]float32{0.26862954, 0.26130258, 0.27577711},
	}
}

// ImageNet is the preprocessing of the paper's random networks on COCO: the shorter side and
// the square have the same size, 224.
func ImageNet(size int) Pipeline {
	return Pipeline{size, Bilinear, size, imageNetMean, imageNetStd}
}

// ImageNetEval is the preprocessing with which torchvision's models are evaluated: usually
// resize 256, crop 224.
func ImageNetEval(resize, crop int) Pipeline {
	return Pipeline{resize, Bilinear, crop, imageNetMean, imageNetStd}
}

// Len is the number of floats that a picture becomes.
func (p Pipeline) Len() int { return 3 * p.Crop * p.Crop }

// Apply writes a picture to dst as rows of pixels of three channels: Crop x Crop x 3, the layout
// of this project's networks.
func (p Pipeline) Apply(dst []float32, m *Image) { p.apply(dst, m, 3, 1) }

// ApplyCHW writes a picture to dst as three planes, 3 x Crop x Crop: PyTorch's layout.
func (p Pipeline) ApplyCHW(dst []float32, m *Image) { p.apply(dst, m, 1, p.Crop*p.Crop) }

// apply writes channel c of pixel i to dst[i*pixel + c*channel].
func (p Pipeline) apply(dst []float32, m *Image, pixel, channel int) {
	if p.Crop < 1 || p.Resize < 0 || len(dst) != p.Len() {
		panic(fmt.Sprintf("preprocess: %d floats for a picture of %d x %d x 3", len(dst), p.Crop, p.Crop))
	}
	if m.Width < 1 || m.Height < 1 {
		panic("preprocess: an empty picture")
	}
	value := p.values()
	w, padX, padY := p.window(m.Width, m.Height)
	if w.x1-w.x0 < p.Crop || w.y1-w.y0 < p.Crop {
		for i := range p.Crop * p.Crop {
			for c := range value {
				dst[i*pixel+c*channel] = value[c][0]
			}
		}
	}
	s := samplers.Get().(*sampler)
	defer samplers.Put(s)
	s.resize(m, w, p.Filter, func(y int, row []uint8) {
		at := pixel * ((padY+y)*p.Crop + padX)
		if pixel == 3 {
			out := dst[at:][:len(row)]
			for i := 0; i < len(row)-2 && i < len(out)-2; i += 3 {
				out[i], out[i+1], out[i+2] = value[0][row[i]], value[1][row[i+1]], value[2][row[i+2]]
			}
			return
		}
		for c := range value {
			out := dst[at+c*channel:]
			for i := range len(row) / 3 {
				out[i] = value[c][row[3*i+c]]
			}
		}
	})
}

// values gives (v/255 - mean) / std for every v of each channel, in float32 as torch computes it.
func (p Pipeline) values() (t [3][256]float32) {
	for c := range t {
		for v := range t[c] {
			x := float32(v) / 255
			t[c][v] = float32(x-p.Mean[c]) / p.Std[c]
		}
	}
	return t
}

// window is the part of a resized picture that is wanted, and where it lies in the square.
func (p Pipeline) window(width, height int) (w window, padX, padY int) {
	if p.Resize > 0 {
		width, height = ShorterSide(width, height, p.Resize)
	}
	w = window{width: width, height: height}
	w.x0, w.x1, padX = middle(width, p.Crop)
	w.y0, w.y1, padY = middle(height, p.Crop)
	return w, padX, padY
}

// middle gives the part of an axis that torchvision's CenterCrop takes, and how many black
// pixels come before it. Halves are rounded to even, as Python rounds.
func middle(length, crop int) (from, to, pad int) {
	if length <= crop {
		return 0, length, (crop - length) / 2
	}
	from = int(math.RoundToEven(float64(length-crop) / 2))
	return from, from + crop, 0
}
