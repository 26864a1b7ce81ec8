package sceneclip

import (
	_ "embed" // the weights
	"encoding/json"
	"fmt"
	"sync"

	"mindgap/contrastive"
	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/nn/models"
)

// weights is what `mindgap train scenes` wrote: about a million numbers, the command, the seed,
// the digest of the numbers and what was measured of them.
//
//go:embed weights.safetensors
var weights []byte

// Card is what the file of weights says of itself.
type Card struct {
	Command string    // that made it
	Seed    string    //
	Steps   string    //
	Tau     string    // the temperature that training has ended with
	Digest  string    // of the tensors: models.Digest
	First   []float64 // the losses of the first steps
	Quality Quality
}

var opened = sync.OnceValues(func() (*tensorfile.Named, error) {
	return tensorfile.NamedBytes("the weights of sceneclip", weights)
})

// Pretrained is the model that this program has trained; its tensors live in scope s.
func Pretrained(s *engine.Scope) (*Model, error) {
	f, err := opened()
	if err != nil {
		return nil, err
	}
	m, p, err := models.LoadCLIP(s, models.File{Named: f})
	if err != nil {
		return nil, models.File{Named: f}.FileError(err)
	}
	return &Model{m, p}, nil
}

// PretrainedCard says what Pretrained is.
func PretrainedCard() (Card, error) {
	f, err := opened()
	if err != nil {
		return Card{}, err
	}
	texts := f.Metadata()
	c := Card{Command: texts["command"], Seed: texts["seed"], Steps: texts["steps"], Tau: texts["tau"], Digest: texts[models.DigestText]}
	for _, part := range []struct {
		name string
		to   any
	}{{contrastive.FirstText, &c.First}, {QualityText, &c.Quality}} {
		if err := json.Unmarshal([]byte(texts[part.name]), part.to); err != nil {
			return c, fmt.Errorf("the weights of sceneclip: their text %q: %w", part.name, err)
		}
	}
	return c, nil
}

// PretrainedSays is one line about Pretrained, for results that stand on it.
func PretrainedSays() string {
	c, err := PretrainedCard()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("the project's own dual encoder, %d x %d pixels, trained on drawn scenes (`%s`, %s steps, seed %s, tau %s at the end)", Side, Side, c.Command, c.Steps, c.Seed, c.Tau)
}
