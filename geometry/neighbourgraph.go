package geometry

// Purity is the share of neighbours, over all rows, that carry the row's own label.
func (nb *Neighbours) Purity(label []int) (float64, error) {
	if len(label) != nb.N {
		return 0, errorf("Purity", "%d labels for %d rows", len(label), nb.N)
	}
	same := 0
	for i := range nb.N {
		idx, _ := nb.Of(i)
		for _, j := range idx {
			if label[i] == label[j] {
				same++
			}
		}
	}
	return float64(same) / float64(nb.N*nb.K), nil
}

// Components numbers the connected components of the graph that joins every row to
// its neighbours, either way: the component of each row, and how many there are.
func (nb *Neighbours) Components() (of []int, count int) {
	parent := make([]int, nb.N)
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for i := range nb.N {
		idx, _ := nb.Of(i)
		for _, j := range idx {
			parent[root(i)] = root(int(j))
		}
	}
	of = make([]int, nb.N)
	seen := map[int]int{}
	for i := range of {
		r := root(i)
		if _, ok := seen[r]; !ok {
			seen[r] = len(seen)
		}
		of[i] = seen[r]
	}
	return of, len(seen)
}

// Occurrences counts how often each row is among the neighbours of another: N_k.
func (nb *Neighbours) Occurrences() []int {
	n := make([]int, nb.N)
	for _, j := range nb.Index {
		n[j]++
	}
	return n
}
