package paper

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"

	"mindgap/contrastive/dataset"
	"mindgap/nn/preprocess"
)

// clipPairsSeed chooses the training pairs, as the authors' script does (E9); the generator is
// not NumPy's, so they are others.
const clipPairsSeed = 1234

// clipPairs are the pairs of a data set, those to train on first: of its split train, and the held-out
// ones of what it opens without a split, COCO's val; else ten of eleven parts and one. from says
// where the held-out ones are from.
func clipPairs(data string) (list []dataset.Example, train int, from string, err error) {
	n := paperPairs
	whole, err := readPairs(data, dataset.Options{})
	if err != nil {
		return nil, 0, "", err
	}
	from = "its default split"
	learn, held := whole, []dataset.Example(nil)
	if split, err := readPairs(data, dataset.Options{Split: "train"}); err == nil {
		learn, held = split, whole
	}
	rand.New(rand.NewPCG(clipPairsSeed, 0)).Shuffle(len(learn), func(i, k int) { learn[i], learn[k] = learn[k], learn[i] })
	if held == nil {
		train, from = min(n.train, len(learn)*10/11), "the rest"
		learn, held = learn[:train], learn[train:]
	}
	learn, held = learn[:min(n.train, len(learn))], held[:min(n.held, len(held))]
	return append(learn, held...), len(learn), from, nil
}

// readPairs walks a set; every example needs a caption.
func readPairs(spec string, o dataset.Options) (list []dataset.Example, err error) {
	set, err := dataset.Open(spec, o)
	if err != nil {
		return nil, err
	}
	for x, err := range set.Examples() {
		if err != nil {
			return nil, err
		}
		if len(x.Captions) == 0 {
			return nil, fmt.Errorf("%s: %s has no caption", spec, x.Name)
		}
		list = append(list, x)
	}
	return list, nil
}

// decodeAll reads the pictures of examples on all cores, one after another in the result.
func decodeAll(p preprocess.Pipeline, list []dataset.Example) ([]float32, error) {
	data, errs := make([]float32, len(list)*p.Len()), make([]error, len(list))
	var all sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		all.Go(func() {
			for i := w; i < len(list); i += workers {
				var m *preprocess.Image
				if m, errs[i] = list[i].Image(); errs[i] == nil {
					p.Apply(data[i*p.Len():(i+1)*p.Len()], m)
				}
			}
		})
	}
	all.Wait()
	return data, first(errs)
}
