package bench

import (
	"context"
	"fmt"
	"math"

	"mindgap/engine"
	"mindgap/kernels"
)

// rowwiseWork is softmax, layer_norm or relu of the rows of a matrix.
type rowwiseWork struct {
	Op         string
	Rows, Cols int
}

func (w rowwiseWork) kind() string   { return w.Op }
func (w rowwiseWork) python() string { return "rowwise" }
func (w rowwiseWork) plan() workPlan { return workPlan{} }
func (w rowwiseWork) label() string  { return fmt.Sprintf("%s %d x %d", w.Op, w.Rows, w.Cols) }

func (w rowwiseWork) inputs() []array {
	return []array{
		{"x", []int{w.Rows, w.Cols}, normals(w.Rows*w.Cols, 1)},
		{"gain", []int{w.Cols}, normals(w.Cols, 2)}, {"bias", []int{w.Cols}, normals(w.Cols, 3)},
	}
}

func (w rowwiseWork) cost() engine.Cost {
	return engine.Cost{Bytes: 8 * float64(w.Rows) * float64(w.Cols)}
}

func (w rowwiseWork) attach(s *engine.Scope, x map[string]*engine.Tensor) ours {
	y := s.Floats(w.Rows, w.Cols)
	return ours{made: map[string]*engine.Tensor{"y": y}, run: func(context.Context) error {
		switch w.Op {
		case "softmax":
			kernels.Softmax(y, x["x"])
		case "layer_norm":
			kernels.LayerNorm(y, x["x"], x["gain"], x["bias"], nil)
		default:
			kernels.ReLU(y, x["x"])
		}
		return nil
	}}
}

func (w rowwiseWork) reference(_ context.Context, x map[string]array) (results, error) {
	gain, bias := float64s(x["gain"].data), float64s(x["bias"].data)
	var out []float64
	for _, i := range sampleRows(w.Rows) {
		row := float64s(x["x"].data[i*w.Cols:][:w.Cols])
		switch w.Op {
		case "softmax":
			sum := 0.0
			for j, v := range row {
				row[j] = math.Exp(v)
				sum += row[j]
			}
			for j := range row {
				row[j] /= sum
			}
		case "layer_norm":
			mean, square := 0.0, 0.0
			for _, v := range row {
				mean += v / float64(len(row))
			}
			for _, v := range row {
				square += (v - mean) * (v - mean) / float64(len(row))
			}
			for j, v := range row {
				row[j] = (v-mean)/math.Sqrt(square+kernels.LayerNormEps)*gain[j] + bias[j]
			}
		default:
			for j, v := range row {
				row[j] = max(v, 0)
			}
		}
		out = append(out, row...)
	}
	return results{"y": out}, nil
}
