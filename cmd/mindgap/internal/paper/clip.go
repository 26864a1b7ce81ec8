package paper

import "fmt"

// clipFeatures is the embeddings of pretrained CLIP from the folder of --features; without
// that flag a surrogate, with 5000 pairs at the paper's scale. source is for the result's
// inputs.
func clipFeatures(e *Env) (set *featureSet, source string, err error) {
	f := FeatureFiles[0]
	if e.Features == "" {
		if e.Scale == Paper {
			f.N = 5000
		}
		set, err = surrogateFeatures(e, f, 0)
		return set, surrogateInputs(e, f.Name()), err
	}
	if set, err = readFeatures(e.Features, f); err != nil {
		return nil, "", err
	}
	if !set.Authors {
		return set, fmt.Sprintf("%s of --features, which is not the authors' file", f.Name()), nil
	}
	return set, fmt.Sprintf("the authors' published %s: %d pairs of CLIP ViT-B/16, not the 5000 of ViT-B/32 behind the paper's numbers", f.Name(), f.N), nil
}
