package embed

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mindgap/nn/models"
)

// GELUs are the activations that a CLIP may have been trained with; "" leaves it to the file.
var GELUs = []string{"quick", "exact"}

// CheckGELU refuses what is none of GELUs.
func CheckGELU(choice string) error {
	if choice != "" && !slices.Contains(GELUs, choice) {
		return fmt.Errorf("no GELU is called %q; there are %s", choice, strings.Join(GELUs, " and "))
	}
	return nil
}

// GELU is which one a network runs with.
type GELU struct {
	Exact bool
	Guess string // why it may be the wrong one; "": it is known
}

// Name is "exact GELU" or "QuickGELU".
func (g GELU) Name() string {
	if g.Exact {
		return "exact GELU"
	}
	return "QuickGELU"
}

// String is the name, and that it is a guess, where it is.
func (g GELU) String() string {
	if g.Guess != "" {
		return g.Name() + ", a guess that --gelu overrules"
	}
	return g.Name()
}

// GELUOf says which GELU a checkpoint of CLIP has: the one that is chosen, what a configuration of
// Hugging Face or open_clip beside it says, or what its names tell.
func GELUOf(choice, file string, w models.Checkpoint) (GELU, error) {
	if err := CheckGELU(choice); err != nil {
		return GELU{}, err
	}
	exact, sure := models.GELUOf(w)
	switch {
	case choice != "" && sure && exact && choice == "quick":
		return GELU{}, errors.New("the file is torchvision's, whose networks have the exact GELU; leave --gelu quick away")
	case choice != "":
		return GELU{Exact: choice == "exact"}, nil
	case sure:
		return GELU{Exact: exact}, nil
	}
	if said, ok := configuredGELU(filepath.Dir(file)); ok {
		return GELU{Exact: said}, nil
	}
	g := GELU{Exact: exact}
	g.Guess = fmt.Sprintf("%s does not say which GELU its network has, and no config.json or open_clip_config.json beside it does; taken: %s. OpenAI's models have QuickGELU, open_clip's later ones (laion, datacomp) the exact one: --gelu quick or --gelu exact says which",
		file, g.Name())
	return g, nil
}

// configuredGELU reads the configuration that Hugging Face or open_clip puts beside weights.
func configuredGELU(dir string) (exact, ok bool) {
	type tower struct {
		HiddenAct string `json:"hidden_act"`
	}
	var hf struct {
		Text   tower `json:"text_config"`
		Vision tower `json:"vision_config"`
	}
	if readJSON(filepath.Join(dir, "config.json"), &hf) {
		for _, act := range []string{hf.Vision.HiddenAct, hf.Text.HiddenAct} {
			if act == "gelu" || act == "quick_gelu" {
				return act == "gelu", true
			}
		}
	}
	var oc struct {
		Model *struct {
			Quick bool `json:"quick_gelu"`
		} `json:"model_cfg"`
	}
	if readJSON(filepath.Join(dir, "open_clip_config.json"), &oc) && oc.Model != nil {
		return !oc.Model.Quick, true
	}
	return false, false
}

// readJSON reads a small file that need not be there.
func readJSON(file string, to any) bool {
	const most = 1 << 20
	if info, err := os.Stat(file); err != nil || info.Size() > most {
		return false
	}
	data, err := os.ReadFile(file)
	return err == nil && json.Unmarshal(data, to) == nil
}
