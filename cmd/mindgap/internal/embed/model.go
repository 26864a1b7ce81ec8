package embed

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"mindgap/engine"
	"mindgap/engine/tensorfile"
	"mindgap/kernels"
	"mindgap/nn"
	"mindgap/nn/models"
	"mindgap/nn/preprocess"
)

// Names are the models, in the order in which they are listed.
var Names = []string{"clip", "resnet18", "resnet50", "vit", "text"}

// Model says which network, and where its weights come from.
type Model struct {
	Name    string // one of Names
	Weights string // a checkpoint; "": random initialisation
	Seed    uint64 // of random initialisation
	GELU    string // of a CLIP's file, one of GELUs; "": what the file or a configuration beside it says
}

// Check refuses names that are not known, and inputs that the model does not read.
func (m Model) Check(images bool) error {
	switch {
	case !slices.Contains(Names, m.Name):
		return fmt.Errorf("no model is called %q; there are %s", m.Name, strings.Join(Names, ", "))
	case images && m.Name == "text":
		return errors.New("the model text embeds captions; images need clip, vit or a resnet")
	case !images && m.Name != "clip" && m.Name != "text":
		return fmt.Errorf("the model %s embeds images; captions need clip or text", m.Name)
	case m.GELU != "" && (m.Weights == "" || strings.HasPrefix(m.Name, "resnet")):
		return errors.New("--gelu is for the weights of a CLIP; leave it away")
	}
	return CheckGELU(m.GELU)
}

// OpenImages makes the network that embeds images, in scope s. Random ones are ResNet-18,
// ResNet-50 and CLIP ViT-B/32, whose image tower is vit.
func (m Model) OpenImages(s *engine.Scope) (*Images, error) {
	if err := m.Check(true); err != nil {
		return nil, err
	}
	var e *Images
	key, err := m.weights(s, func(w models.Checkpoint, b *nn.Builder) error {
		switch {
		case m.Name == "resnet18":
			return m.resNet(&e, s, w, b, models.ResNet18)
		case m.Name == "resnet50":
			return m.resNet(&e, s, w, b, models.ResNet50)
		case w != nil:
			v, _, err := models.LoadViT(s, w)
			if err != nil {
				return err
			}
			if m.Name == "clip" && v.Config.Torchvision {
				return errors.New("the file holds a vision transformer of torchvision, not CLIP; use --model vit")
			}
			g, err := GELUOf(m.GELU, m.Weights, w)
			if err != nil {
				return err
			}
			v.UseGELU(g.Exact)
			e = vit(v)
			e.GELU = g
		case m.Name == "clip":
			e = vit(models.NewCLIP(b, models.CLIPB32).Image)
		default:
			e = vit(models.NewViT(b, models.ViTB32))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	e.Key, e.model, e.device, e.Size = keyOf(key, e.GELU), m.Name, s.Device(), e.Pipeline.Len()
	return e, nil
}

// OpenTexts makes the network that embeds texts, in scope s. Random ones are CLIP ViT-B/32,
// with the same weights as for images of the same seed, and its text tower alone.
func (m Model) OpenTexts(s *engine.Scope) (*Texts, error) {
	if err := m.Check(false); err != nil {
		return nil, err
	}
	var t *models.Text
	var g GELU
	key, err := m.weights(s, func(w models.Checkpoint, b *nn.Builder) (err error) {
		switch {
		case w != nil:
			if t, _, err = models.LoadText(s, w); err != nil {
				return err
			}
			if g, err = GELUOf(m.GELU, m.Weights, w); err != nil {
				return err
			}
			t.UseGELU(g.Exact)
		case m.Name == "clip":
			t = models.NewCLIP(b, models.CLIPB32).Text
		default:
			t = models.NewText(b, models.TextB)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &Texts{Vocab: t.Config.Vocab, Encoder: Encoder[int32]{
		Width: t.Config.Out, Size: t.Config.Context, Bytes: t.Bytes(), Key: keyOf(key, g), GELU: g, model: m.Name, device: s.Device(),
		forward: func(tp *nn.Tape, in []int32, _ int) *nn.Value { return t.Forward(tp, in) },
	}}, nil
}

// keyOf says which weights, and that they run with the exact GELU.
func keyOf(key string, g GELU) string {
	if g.Exact {
		return key + ", " + g.Name()
	}
	return key
}

// weights opens the checkpoint, or begins a stream of random numbers, for build. It gives the
// key of the weights and faults of the device so far, such as too little memory.
func (m Model) weights(s *engine.Scope, build func(models.Checkpoint, *nn.Builder) error) (key string, err error) {
	if m.Weights == "" {
		if err := build(nil, nn.NewBuilder(nn.NewParams(s), kernels.NewRandom(m.Seed, 0))); err != nil {
			return "", err
		}
		return fmt.Sprintf("random, seed %d", m.Seed), s.Device().Sync()
	}
	n, err := tensorfile.OpenNamed(m.Weights)
	if err != nil {
		return "", err
	}
	defer n.Close()
	tensors, err := n.StateDict()
	if err != nil {
		return "", err
	}
	f := models.File{Named: tensors}
	if err := build(f, nil); err != nil {
		if _, named := errors.AsType[*tensorfile.Error](err); named {
			return "", err
		}
		return "", f.FileError(err)
	}
	if err := s.Device().Sync(); err != nil {
		return "", err
	}
	return weightsDigest(m.Weights, n.Format() == "index")
}

// resNet makes a residual network with torchvision's pictures for it.
func (m Model) resNet(to **Images, s *engine.Scope, w models.Checkpoint, b *nn.Builder, c models.ResNetConfig) (err error) {
	var r *models.ResNet
	if w == nil {
		r = models.NewResNet(b, c)
	} else if r, _, err = models.LoadResNet(s, w); err != nil {
		return err
	}
	if r.Config != c {
		return fmt.Errorf("the file holds a residual network of %v blocks and %d features; %s has %v and %d", r.Config.Blocks, r.Config.Features(), m.Name, c.Blocks, c.Features())
	}
	p := preprocess.ImageNetEval(256, 224)
	*to = &Images{Pipeline: p, Encoder: Encoder[float32]{Width: c.Features(), Bytes: r.Bytes(p.Crop), forward: onImages(p.Crop, r.Forward)}}
	return nil
}

// vit is a vision transformer with the pictures that its publisher gives it: CLIP's at the
// network's size, or torchvision's, which are cut from a shorter side of 8/7 of it.
func vit(v *models.ViT) *Images {
	c := v.Config
	p, width := preprocess.CLIP(c.Image), c.Out
	if c.Torchvision {
		p = preprocess.ImageNetEval(int(math.Round(float64(c.Image)*256/224)), c.Image)
	}
	if width == 0 {
		width = c.Width
	}
	return &Images{Pipeline: p, Encoder: Encoder[float32]{Width: width, Bytes: v.Bytes(), forward: onImages(c.Image, v.Forward)}}
}

// onImages hands pixels to a network as N x side x side x 3.
func onImages(side int, forward func(*nn.Tape, *nn.Value) *nn.Value) func(*nn.Tape, []float32, int) *nn.Value {
	return func(tp *nn.Tape, in []float32, n int) *nn.Value {
		return forward(tp, nn.Const(tp.Scope().Upload(in, n, side, side, 3)))
	}
}
