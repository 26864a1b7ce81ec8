package contrastive

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/nn"
)

// state is what a checkpoint says beside its tensors, in the text "training" of the file.
type state struct {
	Config Config `json:"config"`
	Pairs  int    `json:"pairs"`
	Step   int    `json:"step"`
	Amend  bool   `json:"amend,omitempty"`
	// The losses that the next record will be the mean of.
	LossSum float64 `json:"loss_sum,omitempty"`
	Losses  int     `json:"losses,omitempty"`

	First []float64 `json:"first,omitempty"` // Trainer.First
}

// stateText names the text that holds it.
const stateText = "training"

// Save writes a checkpoint from which Resume goes on bit for bit: parameters, the optimiser's
// running means, and the configuration. It waits for the device; a loss or a parameter that is
// not finite is an error, and leaves the checkpoint before as it is. texts are kept in the file
// as well.
func (t *Trainer) Save(name string, texts map[string]string) error {
	if _, err := t.Losses(); err != nil {
		return err
	}
	if err := t.checkFinite(); err != nil {
		return err
	}
	raw, err := json.Marshal(state{t.Config, t.pairs, t.step, t.Model.Amend != nil, t.sum, t.summed, t.first})
	if err != nil {
		return err
	}
	all := map[string]string{stateText: string(raw)}
	for k, v := range texts {
		all[k] = v
	}
	return nn.WriteFile(name, all, t.tensors())
}

func (t *Trainer) tensors() []*nn.Param {
	list := append(append([]*nn.Param{}, t.Model.Params.All()...), t.adam.State()...)
	if t.Model.Amend != nil {
		list = append(list, &nn.Param{Name: "amend", Value: nn.Const(t.Model.Amend)})
	}
	return list
}

// Resume makes a trainer go on from a checkpoint. The settings must be those that it was
// written with; an error names those that differ.
func (t *Trainer) Resume(name string) error {
	f, err := tensorfile.OpenNamed(name)
	if err != nil {
		return err
	}
	defer f.Close()
	var s state
	text, ok := f.Metadata()[stateText]
	if !ok {
		return fmt.Errorf("%s is no checkpoint of a training run: it has no text %q", name, stateText)
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return fmt.Errorf("%s: its text %q: %w", name, stateText, err)
	}
	differ := differences("", reflect.ValueOf(s.Config), reflect.ValueOf(t.Config))
	if s.Pairs != t.pairs {
		differ = append(differ, fmt.Sprintf("pairs (%d in the checkpoint, %d now)", s.Pairs, t.pairs))
	}
	if s.Amend != (t.Model.Amend != nil) {
		differ = append(differ, fmt.Sprintf("amend (%t in the checkpoint, %t now)", s.Amend, t.Model.Amend != nil))
	}
	if len(differ) > 0 {
		return fmt.Errorf("%s was written with other settings: %s; resume with those, or begin anew in another folder", name, strings.Join(differ, ", "))
	}
	if s.Step < 0 {
		return fmt.Errorf("%s: step %d", name, s.Step)
	}
	if err := nn.ReadFile(f, t.tensors()); err != nil {
		return err
	}
	t.step, t.read, t.adam.Steps = s.Step, s.Step, s.Step
	t.sum, t.summed, t.first = s.LossSum, s.Losses, s.First
	t.ahead = [2]func(){}
	return nil
}

// differences names the fields in which two structs differ, by their JSON names.
func differences(prefix string, was, is reflect.Value) []string {
	var out []string
	for i := range was.NumField() {
		name, _, _ := strings.Cut(was.Type().Field(i).Tag.Get("json"), ",")
		if name == "" {
			name = strings.ToLower(was.Type().Field(i).Name)
		}
		a, b := was.Field(i), is.Field(i)
		switch {
		case a.Kind() == reflect.Struct:
			out = append(out, differences(prefix+name+".", a, b)...)
		case a.Interface() != b.Interface():
			out = append(out, fmt.Sprintf("%s%s (%v in the checkpoint, %v now)", prefix, name, a, b))
		}
	}
	return out
}

// identity is the D x D matrix that amends nothing yet: its place in a model that Resume fills.
func identity(s *engine.Scope, d int) *engine.Tensor {
	list := make([]float32, d*d)
	for i := range d {
		list[i*d+i] = 1
	}
	return s.Upload(list, d, d)
}

// ReserveAmend gives a model that will be resumed its place for the amending matrix.
func (m *Dual) ReserveAmend(s *engine.Scope, d int) { m.Amend = identity(s, d) }
