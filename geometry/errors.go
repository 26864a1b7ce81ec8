package geometry

import (
	"fmt"
	"math"
)

// An Error says which measure could not be taken, and why.
type Error struct {
	Func string // the function that was asked, such as "Uniformity"
	Msg  string // what is wrong with its input
}

func (e *Error) Error() string { return "geometry: " + e.Func + ": " + e.Msg }

func errorf(fn, format string, args ...any) error {
	return &Error{Func: fn, Msg: fmt.Sprintf(format, args...)}
}

// check holds the rows of one measure against what it needs: whole matrices of one
// width, at least min rows in each, finite numbers everywhere.
func check(fn string, min int, sets ...Rows) error {
	for k, r := range sets {
		if r.N < 0 || r.D < 0 || len(r.Data) != r.N*r.D {
			return errorf(fn, "%d numbers for %d x %d rows", len(r.Data), r.N, r.D)
		}
		if r.N < min {
			return errorf(fn, "%d rows, want at least %d", r.N, min)
		}
		if r.D < 1 {
			return errorf(fn, "rows have no columns")
		}
		if r.D != sets[0].D {
			return errorf(fn, "set %d has %d columns, the first has %d", k+1, r.D, sets[0].D)
		}
		for i, v := range r.Data {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return errorf(fn, "row %d of set %d holds %v", i/r.D, k+1, v)
			}
		}
	}
	return nil
}

// checkPaired is check for two sets whose row i belongs to row i of the other.
func checkPaired(fn string, min int, a, b Rows) error {
	if a.N != b.N {
		return errorf(fn, "%d rows beside %d: pairs need as many in both", a.N, b.N)
	}
	return check(fn, min, a, b)
}
