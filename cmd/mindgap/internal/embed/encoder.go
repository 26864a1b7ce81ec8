package embed

import (
	"fmt"

	"mindgap/engine"
	"mindgap/nn"
	"mindgap/nn/preprocess"
)

// Encoder is a network with its weights on a device. In is what it reads: pixels (float32) or
// token ids (int32).
type Encoder[In float32 | int32] struct {
	Width int    // numbers of an embedding
	Size  int    // numbers of an input
	Bytes int64  // memory of the device that one input takes on its way, an estimate
	GELU  GELU   // of a transformer that comes from a file
	Key   string // says which weights: a digest, or the seed of random ones

	model   string
	device  *engine.Device
	forward func(tp *nn.Tape, in []In, n int) *nn.Value
}

// Embed gives the rows of a batch of n inputs, one after the other: n x Width, as the network
// computes them, not normalised. It waits for the device.
func (e *Encoder[In]) Embed(in []In) ([]float32, error) {
	n := len(in) / e.Size
	if n*e.Size != len(in) {
		panic(fmt.Sprintf("embed: %d numbers are no inputs of %d", len(in), e.Size))
	}
	s := e.device.Scope()
	defer s.Close()
	return e.forward(nn.Inference(s), in, n).T.Floats()
}

// Batch is how many inputs go through the network at a time: what half of the device's free
// memory holds, since Bytes is an estimate, from 1 to 64.
func (e *Encoder[In]) Batch() int {
	const most = 64
	free := e.device.Caps().MaxMemory - e.device.Memory().Used
	return int(min(max(free/2/e.Bytes, 1), most))
}

// Images embeds pictures.
type Images struct {
	Encoder[float32]
	Pipeline preprocess.Pipeline // makes an input of a picture: Crop x Crop x 3
}

// Texts embeds texts, given as rows of Size token ids.
type Texts struct {
	Encoder[int32]
	Vocab int // ids are below it
}
