package models

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"mindgap/nn"
)

// Checkpoint is the named tensors of a published model, such as an open file.
type Checkpoint interface {
	Names() []string
	// Shape gives a tensor's sizes; ok is false where there is none of the name.
	Shape(name string) (shape []int, ok bool)
	// Floats reads a tensor in row-major order as float32.
	Floats(name string) ([]float32, error)
}

// source says from which tensors of a file a parameter is made.
type source struct {
	param *nn.Param
	// parts are stacked along the first axis: Hugging Face keeps the projections of queries,
	// keys and values apart.
	parts      []string
	transposed bool // the file has in x out where the parameter is out x in, or the reverse
	// norm is the batch norm to fold in; the parameter is the convolution before it (its
	// weights are scaled) or the bias that results.
	norm string
}

// load fills parameters from a file. Every fault is named: tensors that are missing, of another
// shape, or not finite, and tensors of the file that nothing asked for, unless known says that
// they are no weights of this network.
func load(w Checkpoint, list []source, known func(name string) bool) error {
	var missing, misshaped []string
	used := map[string]bool{}
	for _, s := range list {
		for _, name := range s.reads() {
			used[name] = true
			shape, ok := w.Shape(name)
			if !ok {
				missing = append(missing, name)
				continue
			}
			if want := s.want(name); !slices.Equal(core(shape), core(want)) {
				misshaped = append(misshaped, fmt.Sprintf("%s is %s, want %s", name, sizes(shape), sizes(want)))
			}
		}
	}
	var extra []string
	for _, name := range w.Names() {
		if !used[name] && !known(name) {
			extra = append(extra, name)
		}
	}
	var faults []string
	for _, f := range []struct {
		what string
		list []string
	}{{"missing: ", missing}, {"of another shape: ", misshaped}, {"not of this network: ", extra}} {
		if len(f.list) > 0 {
			faults = append(faults, f.what+some(f.list))
		}
	}
	if len(faults) > 0 {
		return fmt.Errorf("models: the weights do not fit: %s", strings.Join(faults, "; "))
	}
	for _, s := range list {
		values, err := s.read(w)
		if err != nil {
			return err
		}
		s.param.Value.T.Write(values)
	}
	return nil
}

// reads lists the tensors of the file that the source needs.
func (s source) reads() []string {
	if s.norm == "" {
		return s.parts
	}
	out := append([]string{}, s.parts...)
	for _, part := range []string{"weight", "bias", "running_mean", "running_var"} {
		out = append(out, s.norm+"."+part)
	}
	return out
}

// want is the shape that a tensor of the file must have.
func (s source) want(name string) []int {
	shape := slices.Clone(s.param.Value.T.Shape())
	if !slices.Contains(s.parts, name) {
		return shape[:1] // of a batch norm: one number for each output
	}
	if s.param.Kernel {
		return []int{shape[0], shape[3], shape[1], shape[2]}
	}
	shape[0] /= len(s.parts)
	if s.transposed {
		slices.Reverse(shape)
	}
	return shape
}

// core is a shape without leading ones: a scalar may come as 1, a row as 1 x n.
func core(shape []int) []int {
	for len(shape) > 0 && shape[0] == 1 {
		shape = shape[1:]
	}
	return shape
}

func (s source) read(w Checkpoint) ([]float32, error) {
	var values []float32
	for _, name := range s.parts {
		part, err := finite(w, name)
		if err != nil {
			return nil, err
		}
		values = append(values, part...)
	}
	shape := s.param.Value.T.Shape()
	switch {
	case s.param.Kernel:
		values = channelsLast(values, shape)
	case s.transposed:
		values = transposed(values, shape[1], shape[0])
	}
	if s.norm == "" {
		return values, nil
	}
	return foldNorm(w, s.norm, values, shape)
}

// foldNorm turns a convolution's weights W and the batch norm behind it into those of one
// convolution: W g/sqrt(v + eps). Without weights it gives its bias: b - m g/sqrt(v + eps).
func foldNorm(w Checkpoint, norm string, values []float32, shape []int) ([]float32, error) {
	var part [4][]float32
	for i, name := range []string{"weight", "bias", "running_mean", "running_var"} {
		var err error
		if part[i], err = finite(w, norm+"."+name); err != nil {
			return nil, err
		}
	}
	out := make([]float32, max(len(values), shape[0]))
	each := len(out) / shape[0]
	for i := range out {
		o := i / each
		factor := float64(part[0][o]) / math.Sqrt(float64(part[3][o])+batchNormEps)
		if values == nil {
			out[i] = float32(float64(part[1][o]) - float64(part[2][o])*factor)
		} else {
			out[i] = float32(float64(values[i]) * factor)
		}
	}
	return out, nil
}

func finite(w Checkpoint, name string) ([]float32, error) {
	values, err := w.Floats(name)
	if err != nil {
		return nil, err
	}
	for i, v := range values {
		if v-v != 0 {
			return nil, fmt.Errorf("models: tensor %s: element %d is %g; weights must be finite", name, i, v)
		}
	}
	return values, nil
}

// channelsLast turns O x I x H x W into O x H x W x I, the shape given.
func channelsLast(x []float32, shape []int) []float32 {
	o, h, w, in := shape[0], shape[1], shape[2], shape[3]
	y := make([]float32, len(x))
	for a := range o {
		for c := range in {
			for p := range h * w {
				y[(a*h*w+p)*in+c] = x[(a*in+c)*h*w+p]
			}
		}
	}
	return y
}

// transposed turns rows x cols into cols x rows.
func transposed(x []float32, rows, cols int) []float32 {
	y := make([]float32, len(x))
	for r := range rows {
		for c := range cols {
			y[c*rows+r] = x[r*cols+c]
		}
	}
	return y
}

func sizes(shape []int) string {
	if len(shape) == 0 {
		return "a scalar"
	}
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", "x"), "[]")
}

// some lists the first few names of many.
func some(list []string) string {
	const few = 4
	if len(list) <= few {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:few], ", "), len(list)-few)
}
