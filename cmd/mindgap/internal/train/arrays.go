package train

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strings"

	"mindgap/engine/tensorfile"
)

// matrix is the rows of one modality.
type matrix struct {
	name       string
	rows, cols int
	data       []float32
}

// row gives row i.
func (m *matrix) row(i int) []float32 { return m.data[i*m.cols : (i+1)*m.cols] }

// readPair reads embeddings of two modalities, row i of one belonging to row i of the other: two
// files of shape (n, d), whose d may differ, one of shape (2, n, d), or one that holds two arrays.
// Rows are of length 1 afterwards.
func readPair(files []string) (a, b *matrix, err error) {
	var list []*matrix
	if len(files) == 1 {
		list, err = readOne(files[0])
	} else {
		for _, name := range files {
			var m *matrix
			if m, err = readArray(name); err != nil {
				break
			}
			list = append(list, m)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if len(list) != 2 {
		return nil, nil, fmt.Errorf("%s: %d arrays of rows; want two modalities", strings.Join(files, " "), len(list))
	}
	a, b = list[0], list[1]
	if a.rows != b.rows {
		return nil, nil, fmt.Errorf("%s: %d rows, but %s has %d; row i of one must belong to row i of the other", b.name, b.rows, a.name, a.rows)
	}
	for _, m := range list {
		if err := m.check(); err != nil {
			return nil, nil, err
		}
	}
	return a, b, nil
}

// readArray reads the only array of a file, or the one that is named: "x.npz:images".
func readArray(name string) (*matrix, error) {
	if file, _, named := tensorfile.CutName(name); !named {
		f, err := tensorfile.Open(file)
		if err != nil {
			return nil, err
		}
		list := f.Names()
		f.Close()
		if len(list) != 1 {
			return nil, fmt.Errorf("%s: %d arrays (%s); name one of them, as in %s:%s", name, len(list), strings.Join(list[:min(len(list), 8)], ", "), name, list[0])
		}
	}
	r, err := tensorfile.OpenArray(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readRows(name, r)
}

// readOne reads a file of both modalities.
func readOne(name string) ([]*matrix, error) {
	f, err := tensorfile.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []*matrix
	all := f.Names()
	for _, entry := range all {
		r, err := f.Array(entry)
		if err != nil {
			return nil, err
		}
		if shape := r.Shape(); len(all) == 1 && len(shape) == 3 && shape[0] == 2 {
			for i := range 2 {
				s, err := r.Section(i)
				if err != nil {
					return nil, err
				}
				m, err := readRows(fmt.Sprintf("%s[%d]", name, i), s)
				if err != nil {
					return nil, err
				}
				list = append(list, m)
			}
			return list, nil
		}
		m, err := readRows(name+":"+entry, r)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	if len(list) == 1 {
		return nil, fmt.Errorf("%s: one modality of shape %v; give a file for each, or one of shape (2, n, d)", name, []int{list[0].rows, list[0].cols})
	}
	return list, nil
}

func readRows(name string, r *tensorfile.Reader) (*matrix, error) {
	if shape := r.Shape(); len(shape) != 2 {
		return nil, fmt.Errorf("%s: shape %v; want rows of embeddings, (n, d)", name, shape)
	}
	data, err := r.ReadAll()
	return &matrix{name, r.Rows(), r.Cols(), data}, err
}

// check refuses rows that have no direction, and makes the others of length 1.
func (m *matrix) check() error {
	if m.cols < 2 {
		return fmt.Errorf("%s: rows of %d number; a direction needs at least 2", m.name, m.cols)
	}
	bad, first := 0, -1
	for i := range m.rows {
		for _, v := range m.row(i) {
			if v-v != 0 {
				bad++
				if first < 0 {
					first = i
				}
				break
			}
		}
	}
	if bad > 0 {
		return fmt.Errorf("%s: row %d has NaN or Inf (%d of %d rows have); leave such pairs out of both files", m.name, first, bad, m.rows)
	}
	for i := range m.rows {
		if !unit(m.row(i)) {
			return fmt.Errorf("%s: row %d is all zeros: it has no direction; leave the pair out of both files", m.name, i)
		}
	}
	return nil
}

// unit makes a row of length 1; false: it is all zeros.
func unit(row []float32) bool {
	sum := 0.0
	for _, v := range row {
		sum += float64(v) * float64(v)
	}
	if sum == 0 {
		return false
	}
	for i, v := range row {
		row[i] = float32(float64(v) / math.Sqrt(sum))
	}
	return true
}

// digest is that of the numbers.
func (m *matrix) digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %d\n", m.rows, m.cols)
	binary.Write(h, binary.LittleEndian, m.data) // a hash takes all
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
