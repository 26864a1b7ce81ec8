package embed

// Key is what rows depend on: two runs with the same one may share them.
type Key struct {
	Model      string `json:"model"`
	Weights    string `json:"weights"`              // a digest, or the seed of random ones
	Vocabulary string `json:"vocabulary,omitempty"` // a digest of the ids that it makes of the texts
	Inputs     string `json:"inputs"`               // a digest of names and sizes of images, or of texts
	Device     string `json:"device"`               // and what chooses its variants: the last bits differ
}

// other names the first thing in which two keys differ, "" if nothing.
func (k Key) other(than Key) string {
	for _, f := range []struct{ what, a, b string }{
		{"model", k.Model, than.Model},
		{"weights", k.Weights, than.Weights},
		{"list of inputs", k.Inputs, than.Inputs},
		{"vocabulary", k.Vocabulary, than.Vocabulary},
		{"device", k.Device, than.Device},
	} {
		if f.a != f.b {
			return f.what
		}
	}
	return ""
}
