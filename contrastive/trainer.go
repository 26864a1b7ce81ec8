package contrastive

import (
	"fmt"
	"math"
	"slices"

	"mindgap/engine"
	"mindgap/nn"
)

// Trainer trains a dual encoder on pairs 0..n-1 of its towers' data. A step queues work and
// waits for nothing but the step before the last; Losses reads what the last steps gave.
type Trainer struct {
	Model  *Dual
	Config Config

	device *engine.Device
	scope  *engine.Scope
	adam   *nn.Adam
	loss   *Loss
	pairs  int
	text   []int // the text of each image
	order  []int // the images of the epoch
	epoch  int   // of order
	step   int   // steps done

	ahead  [2]func()      // wait for the last steps but one
	losses *engine.Tensor // of the last steps, by step modulo its length
	read   int            // steps whose losses were read
	sum    float64        // of the losses that were read since the last record,
	summed int            // and how many these are
	first  []float64      // the losses of the first steps
}

// firstKept is how many losses First gives at most.
const firstKept = 8

// FirstText names the text of a file of trained weights that holds First as JSON.
const FirstText = "first_losses"

// First are the losses of the run's first steps that were read so far, eight at most: what a
// repetition of the run is compared with.
func (t *Trainer) First() []float64 { return slices.Clone(t.first) }

// lossesKept is how many steps may pass between two calls of Losses.
const lossesKept = 1024

// NewTrainer prepares a model for training on n pairs. What it needs beside the model lives in
// its own scope: Close gives it back.
func NewTrainer(d *engine.Device, m *Dual, n int, c Config) (*Trainer, error) {
	if err := c.Check(n); err != nil {
		return nil, err
	}
	t := &Trainer{Model: m, Config: c, device: d, scope: d.Scope(), pairs: n, loss: findLoss(c.Loss), text: pairing(c.Seed, n, c.Mismatch)}
	if t.loss.Bias {
		m.AddLogitBias()
	}
	m.LogScale.Value.T.Write([]float32{float32(c.Scale.at(0, c.Rate.Steps))})
	m.Params.Train()
	if !c.Scale.Learn {
		m.LogScale.Freeze()
	}
	t.adam = nn.NewAdam(t.scope, m.Params, c.Adam)
	t.losses = t.scope.Zeros(lossesKept)
	return t, nil
}

// Close gives the trainer's memory back; the model stays.
func (t *Trainer) Close() { t.scope.Close() }

// Steps is the number of steps done, Epochs the passes over the data.
func (t *Trainer) Steps() int { return t.step }

// Epochs is how often the data have been gone through, with what is begun as a part of one.
func (t *Trainer) Epochs() float64 { return float64(t.step) / float64(t.StepsPerEpoch()) }

// StepsPerEpoch is the number of whole batches in the data.
func (t *Trainer) StepsPerEpoch() int { return t.pairs / t.Config.Batch }

// batch gives the pairs of a step: examples by number, shuffled anew in each epoch.
func (t *Trainer) batch(step int) (images, texts []int) {
	per := t.StepsPerEpoch()
	if epoch := step / per; t.order == nil || t.epoch != epoch && !t.Config.InOrder {
		t.order, t.epoch = order(t.Config, epoch, t.pairs), epoch
	}
	at := step % per * t.Config.Batch
	images = t.order[at : at+t.Config.Batch]
	texts = make([]int, len(images))
	for i, x := range images {
		texts[i] = t.text[x]
	}
	return images, texts
}

// Step trains on the next batch.
func (t *Trainer) Step() error {
	if t.step-t.read >= lossesKept {
		if _, err := t.Losses(); err != nil {
			return err
		}
	}
	if wait := t.ahead[t.step%len(t.ahead)]; wait != nil {
		wait() // data that no step has used yet would fill the memory
	}
	images, texts := t.batch(t.step)
	s := t.device.Scope()
	defer s.Close()
	if c := t.Config.Scale; c.End != 0 {
		t.Model.LogScale.Value.T.Write([]float32{float32(c.at(t.step, t.Config.Rate.Steps))})
	}
	t.Model.Params.ZeroGrad()
	loss, err := t.gradients(s, images, texts)
	if err != nil {
		return fmt.Errorf("step %d: %w", t.step+1, err)
	}
	t.losses.Slice(0, t.step%lossesKept, t.step%lossesKept+1).CopyFrom(loss)
	t.adam.Step(t.Config.Rate.At(t.step), t.Config.Clip)
	if t.Config.Scale.Learn {
		nn.AtMost(t.Model.LogScale, float32(maxLogScale))
	}
	t.ahead[t.step%len(t.ahead)] = t.device.Mark()
	t.step++
	return t.device.Err()
}

// gradients computes the loss of a batch and adds up the gradients of all parameters.
func (t *Trainer) gradients(s *engine.Scope, images, texts []int) (*engine.Tensor, error) {
	if c := t.Config.Chunk; c > 0 && c < len(images) {
		return t.cachedGradients(s, images, texts, c)
	}
	tp := nn.NewTape(s)
	tp.Spend = true
	x, err := t.Model.EmbedImages(tp, images)
	if err != nil {
		return nil, err
	}
	y, err := t.Model.EmbedTexts(tp, texts)
	if err != nil {
		return nil, err
	}
	loss := t.lossOf(tp, x, y)
	tp.Backward(loss, nil)
	return loss.T, nil
}

func (t *Trainer) lossOf(tp *nn.Tape, x, y *nn.Value) *nn.Value {
	scale := nn.Exp(tp, t.Model.LogScale.Value)
	var bias *nn.Value
	if t.loss.Bias {
		bias = t.Model.LogitBias.Value
	}
	return t.loss.Of(tp, x, y, scale, bias)
}

// cachedGradients is gradients in the memory of one chunk (GradCache): all examples are
// embedded without a recording, the loss gives the gradients of the embeddings, and each chunk
// is embedded once more to take its share back through the towers.
func (t *Trainer) cachedGradients(s *engine.Scope, images, texts []int, chunk int) (*engine.Tensor, error) {
	x, err := t.cached(s, t.Model.EmbedImages, images, chunk)
	if err != nil {
		return nil, err
	}
	y, err := t.cached(s, t.Model.EmbedTexts, texts, chunk)
	if err != nil {
		return nil, err
	}
	tp := nn.NewTape(s)
	loss := t.lossOf(tp, x, y)
	tp.Backward(loss, nil)
	if err := t.replay(t.Model.EmbedImages, images, chunk, x.Grad()); err != nil {
		return nil, err
	}
	return loss.T, t.replay(t.Model.EmbedTexts, texts, chunk, y.Grad())
}

func (t *Trainer) cached(s *engine.Scope, embed func(*nn.Tape, []int) (*nn.Value, error), examples []int, chunk int) (*nn.Value, error) {
	var all *engine.Tensor
	for lo := 0; lo < len(examples); lo += chunk {
		hi := min(lo+chunk, len(examples))
		part := t.device.Scope()
		y, err := embed(nn.Inference(part), examples[lo:hi])
		if err != nil {
			part.Close()
			return nil, err
		}
		if all == nil {
			all = s.Floats(len(examples), y.Cols())
		}
		all.SliceRows(lo, hi).CopyFrom(y.T)
		part.Close()
	}
	return nn.Leaf(all), nil
}

func (t *Trainer) replay(embed func(*nn.Tape, []int) (*nn.Value, error), examples []int, chunk int, dy *engine.Tensor) error {
	for lo := 0; lo < len(examples); lo += chunk {
		hi := min(lo+chunk, len(examples))
		part := t.device.Scope()
		tp := nn.NewTape(part)
		tp.Spend = true
		y, err := embed(tp, examples[lo:hi])
		if err == nil {
			tp.Backward(y, dy.SliceRows(lo, hi))
		}
		part.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// Losses waits for the device and gives the losses of the steps since the last call. A loss
// that is not finite is an error that names the step, and the parameter that is no number any
// more where there is one.
func (t *Trainer) Losses() ([]float64, error) {
	ring, err := t.losses.Floats()
	if err != nil {
		return nil, err
	}
	var out []float64
	for ; t.read < t.step; t.read++ {
		l := float64(ring[t.read%lossesKept])
		if math.IsNaN(l) || math.IsInf(l, 0) {
			return out, &NotFinite{Step: t.read + 1, Loss: l, Tensor: t.notFinite()}
		}
		out = append(out, l)
		if len(t.first) < firstKept {
			t.first = append(t.first, l)
		}
		t.sum += l
		t.summed++
	}
	return out, nil
}

// takeMean is the mean loss of the steps since it was called last; 0 where there are none.
func (t *Trainer) takeMean() (float64, error) {
	if _, err := t.Losses(); err != nil {
		return 0, err
	}
	mean := t.sum / float64(max(t.summed, 1))
	t.sum, t.summed = 0, 0
	return mean, nil
}

// checkFinite refuses parameters that are NaN or Inf, as a step whose loss was finite can leave.
func (t *Trainer) checkFinite() error {
	if name := t.notFinite(); name != "" {
		return &NotFinite{Step: t.step, Tensor: name}
	}
	return nil
}

// NotFinite is a loss that is NaN or Inf, or a parameter that is after a step whose loss was not.
type NotFinite struct {
	Step   int
	Loss   float64 // 0 where it is finite
	Tensor string  // the first parameter that is not finite; "" where all are
}

// Error reads "contrastive: the loss of step 12 is NaN; parameter visual.proj is not finite".
func (e *NotFinite) Error() string {
	s := "contrastive: "
	if e.Loss != 0 {
		s += fmt.Sprintf("the loss of step %d is %g", e.Step, e.Loss)
		if e.Tensor != "" {
			s += "; parameter " + e.Tensor + " is not finite"
		}
	} else {
		s += fmt.Sprintf("after step %d parameter %s is not finite", e.Step, e.Tensor)
	}
	return s + "; take a lower learning rate, a warm-up, or clip the gradients"
}

func (t *Trainer) notFinite() string {
	for _, p := range t.Model.Params.All() {
		list, err := p.Value.T.Floats()
		if err != nil {
			return ""
		}
		for _, v := range list {
			if v-v != 0 {
				return p.Name
			}
		}
	}
	return ""
}

// LogitScale waits for the device and reads the logit scale.
func (m *Dual) LogitScale() (float64, error) {
	l, err := m.LogScale.Value.T.Floats()
	if err != nil {
		return 0, err
	}
	return math.Exp(float64(l[0])), nil
}
