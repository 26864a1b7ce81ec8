package paper

import (
	"context"
	"fmt"

	"mindgap/engine"
	"mindgap/kernels"
	"mindgap/nn"
	"mindgap/nn/models"
)

// encoder is one of the networks of Figures 2(a) and 2(c): it embeds images or texts.
type encoder struct {
	name  string
	width int // of its features
	// Exactly one of images and texts is there; side and context are the sizes of an input.
	images        func(tp *nn.Tape, x *nn.Value) *nn.Value
	texts         func(tp *nn.Tape, ids []int32) *nn.Value
	side, context int
	bytes         int64 // of memory for one input
}

// network is an architecture that encoders are made of. Its name is that of the same model of
// `mindgap embed`, by which weights are loaded.
type network struct {
	name, title string
	random      func(s *engine.Scope, r *kernels.Random) *encoder
}

// networks are the columns of Figure 2(a): the image tower and the text tower are those of CLIP
// ViT-B/32.
var networks = []*network{
	{"resnet18", "ResNet-18", func(s *engine.Scope, r *kernels.Random) *encoder {
		return ofResNet(models.NewResNet(nn.NewBuilder(nn.NewParams(s), r), models.ResNet18))
	}},
	{"vit", "ViT-B/32 (CLIP's image tower)", func(s *engine.Scope, r *kernels.Random) *encoder {
		return ofViT(models.NewViT(nn.NewBuilder(nn.NewParams(s), r), models.ViTB32))
	}},
	{"text", "Text transformer (CLIP's text tower)", func(s *engine.Scope, r *kernels.Random) *encoder {
		return ofText(models.NewText(nn.NewBuilder(nn.NewParams(s), r), models.TextB))
	}},
}

func ofResNet(m *models.ResNet) *encoder {
	const side = 224
	return &encoder{name: "resnet18", width: m.Config.Features(), images: m.Forward, side: side, bytes: m.Bytes(side)}
}

func ofViT(m *models.ViT) *encoder {
	width := m.Config.Out
	if width == 0 {
		width = m.Config.Width
	}
	return &encoder{name: "vit", width: width, images: m.Forward, side: m.Config.Image, bytes: m.Bytes()}
}

func ofText(m *models.Text) *encoder {
	return &encoder{name: "text", width: m.Config.Out, texts: m.Forward, context: m.Config.Context, bytes: m.Bytes()}
}

// most inputs that an encoder takes at once.
const encoderBatch = 32

// batch is how many inputs go through at once in a quarter of the device's free memory.
func (x *encoder) batch(d *engine.Device) int {
	room := (d.Caps().MaxMemory - d.Memory().Used) / 4
	return int(max(1, min(encoderBatch, room/max(x.bytes, 1))))
}

// embed gives n unit rows on the device, in scope s, of inputs that feed makes.
func (x *encoder) embed(ctx context.Context, e *Env, s *engine.Scope, n int, feed *inputs) (*engine.Tensor, error) {
	rows, norms := s.Floats(n, x.width), s.Floats(n)
	size := x.batch(e.Device)
	for lo := 0; lo < n; lo += size {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		hi := min(lo+size, n)
		if err := x.rows(ctx, e, rows.SliceRows(lo, hi), norms.Slice(0, lo, hi), feed, lo, hi); err != nil {
			return nil, fmt.Errorf("%s: %w", x.name, err)
		}
		if err := e.Device.Sync(); err != nil { // the next inputs wait for memory, and progress tells the truth
			return nil, err
		}
		e.Progress.Add(float64(hi - lo))
	}
	return rows, nil
}

func (x *encoder) rows(ctx context.Context, e *Env, to, norms *engine.Tensor, feed *inputs, lo, hi int) error {
	s := e.Device.Scope()
	defer s.Close()
	tp := nn.Inference(s)
	var y *nn.Value
	if x.texts != nil {
		ids, err := feed.texts(s, x.context, lo, hi)
		if err != nil {
			return err
		}
		y = x.texts(tp, ids)
	} else {
		images, err := feed.images(ctx, s, x.side, lo, hi)
		if err != nil {
			return err
		}
		y = x.images(tp, nn.Const(images))
	}
	kernels.RowNormalise(to, norms, y.T)
	return nil
}
