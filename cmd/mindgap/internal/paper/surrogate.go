package paper

import (
	"fmt"
	"math"

	"mindgap/engine"
	"mindgap/geometry"
	"mindgap/kernels"
)

// surrogateDepth is the number of ReLU layers of an encoder; a linear projection follows.
const surrogateDepth = 3

// surrogateLatent is the share of the inputs' variance that both modalities see.
const surrogateLatent = 0.5

// surrogateStream is the first of the random streams that surrogates draw from; each takes
// five: latent, and noise and weights of either modality.
const surrogateStream = 1000

// surrogateFeatures makes embeddings where no file is given: N pairs of D numbers through two
// encoders that differ in nothing but their random weights.
//
//	input     x_m = sqrt(s) z + sqrt(1-s) noise_m, all N(0, 1) of D numbers, s = 1/2
//	layer     h <- relu(W h + b), weights and biases N(0, 1/D), three times
//	output    P h / |P h|, P ~ N(0, 1/D)
//
// number tells surrogates of one seed apart.
func surrogateFeatures(e *Env, f FeatureFile, number int) (*featureSet, error) {
	f.Init = Random
	set := &featureSet{FeatureFile: f}
	s := e.Device.Scope()
	defer s.Close()
	stream := uint32(surrogateStream + 5*number)
	latent := s.Floats(f.N, f.D)
	kernels.NewRandom(e.Seed, stream).Normal(latent, 0, float32(math.Sqrt(surrogateLatent)))
	for k, rows := range []*geometry.Rows{&set.A, &set.B} {
		x := s.Floats(f.N, f.D)
		kernels.NewRandom(e.Seed, stream+uint32(1+k)).Normal(x, 0, float32(math.Sqrt(1-surrogateLatent)))
		kernels.Axpy(x, 1, latent)
		data, err := surrogateEncode(e.Device, x, kernels.NewRandom(e.Seed, stream+uint32(3+k)))
		if err != nil {
			return nil, err
		}
		raw, err := geometry.FromFloat32(f.N, f.D, data)
		if err != nil {
			return nil, err
		}
		if *rows, err = raw.Normalise(); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// surrogateEncode is an encoder with random weights.
func surrogateEncode(d *engine.Device, x *engine.Tensor, random *kernels.Random) ([]float32, error) {
	s := d.Scope()
	defer s.Close()
	n, width := x.Rows(), x.Cols()
	w, b := s.Floats(width, width), s.Floats(width)
	from, to := s.Floats(n, width), s.Floats(n, width)
	from.CopyFrom(x)
	sd := float32(1 / math.Sqrt(float64(width)))
	for range surrogateDepth {
		random.Normal(w, 0, sd)
		random.Normal(b, 0, sd)
		layer(to, from, w, b)
		from, to = to, from
	}
	random.Normal(w, 0, sd)
	kernels.MatMulNT(to, from, w)
	return to.Floats()
}

// surrogateInputs says what was run on instead of the given files; standsFor names them.
func surrogateInputs(e *Env, standsFor string) string {
	return fmt.Sprintf("surrogate: in place of %s, embeddings that the program makes from pairs of random inputs (half of their variance shared) by two encoders with random weights (%d ReLU layers and a projection), seed %d; `--features DIR` reads the authors' files",
		standsFor, surrogateDepth, e.Seed)
}
