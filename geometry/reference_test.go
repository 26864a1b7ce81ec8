package geometry

import (
	"errors"
	"io/fs"
	"math"
	"path/filepath"
	"sync"
	"testing"

	"mindgap/engine/tensorfile"
)

// The authors' embeddings lie beside the repository, not in it (MIT licence, 10 MB).
const featureDir = "../../shared/data"

type modalities struct{ a, b Rows }

var featureCache sync.Map

// features reads one file of the authors and normalises its rows in float64.
func features(t testing.TB, name string) (a, b Rows) {
	t.Helper()
	if m, ok := featureCache.Load(name); ok {
		return m.(modalities).a, m.(modalities).b
	}
	r, err := tensorfile.OpenNPY(filepath.Join(featureDir, "features_"+name+".npy"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the authors' feature files are not in %s: reference values not checked", featureDir)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	shape := r.Shape()
	data, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var m modalities
	for k, set := range []*Rows{&m.a, &m.b} {
		n := shape[1] * shape[2]
		raw, err := FromFloat32(shape[1], shape[2], data[k*n:(k+1)*n])
		if err != nil {
			t.Fatal(err)
		}
		if *set, err = raw.Normalise(); err != nil {
			t.Fatal(err)
		}
	}
	featureCache.Store(name, m)
	return m.a, m.b
}

// near fails unless got is within tol of want.
func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.7g, want %.7g +- %g", what, got, want, tol)
	}
}

// must unwraps a value whose error would be a fault of the test itself.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
