package geometry

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// An Estimate is a number with its confidence interval.
type Estimate struct {
	Value, Lo, Hi float64
	SE            float64 // standard error
}

// BootstrapMean is the mean of independent values with a percentile interval of the
// given level, from reps resamples. For means alone: resampling rows biases statistics
// of pairs (a row drawn twice is a pair with cosine 1): use Jackknife there.
func BootstrapMean(values []float64, level float64, reps int, seed uint64) (Estimate, error) {
	group := make([]int, len(values))
	for i := range group {
		group[i] = i
	}
	return BootstrapGroups(values, group, level, reps, seed)
}

// BootstrapGroups is BootstrapMean for values that hang together: whole groups are
// drawn, such as all captions of one image.
func BootstrapGroups(values []float64, group []int, level float64, reps int, seed uint64) (Estimate, error) {
	const fn = "Bootstrap"
	if len(group) != len(values) {
		return Estimate{}, errorf(fn, "%d group labels for %d values", len(group), len(values))
	}
	if !(level > 0 && level < 1) || reps < 2 {
		return Estimate{}, errorf(fn, "level %v, %d resamples", level, reps)
	}
	sums, counts, err := groupSums(fn, values, group)
	if err != nil {
		return Estimate{}, err
	}
	rng := rand.New(rand.NewPCG(seed, 0xb007))
	means := make([]float64, reps)
	for r := range means {
		s, n := 0.0, 0.0
		for range sums {
			k := rng.IntN(len(sums))
			s, n = s+sums[k], n+counts[k]
		}
		means[r] = s / n
	}
	slices.Sort(means)
	q := func(p float64) float64 { return stat.Quantile(p, stat.LinInterp, means, nil) }
	return Estimate{
		Value: floats.Sum(values) / float64(len(values)),
		Lo:    q((1 - level) / 2), Hi: q((1 + level) / 2), SE: stat.StdDev(means, nil),
	}, nil
}

func groupSums(fn string, values []float64, group []int) (sums, counts []float64, err error) {
	at := map[int]int{}
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, nil, errorf(fn, "value %d is %v", i, v)
		}
		k, ok := at[group[i]]
		if !ok {
			k = len(at)
			at[group[i]] = k
			sums, counts = append(sums, 0), append(counts, 0)
		}
		sums[k], counts[k] = sums[k]+v, counts[k]+1
	}
	if len(sums) < 2 {
		return nil, nil, errorf(fn, "%d independent values, want at least 2", len(sums))
	}
	return sums, counts, nil
}

// TInterval is mean +- t(n-1) sd/sqrt n with sd over n-1: the paper's intervals over
// three seeds, t = 4.302653 (Section 4.4).
func TInterval(values []float64, level float64) (Estimate, error) {
	if len(values) < 2 {
		return Estimate{}, errorf("TInterval", "%d values, want at least 2", len(values))
	}
	mean, sd := stat.MeanStdDev(values, nil)
	se := sd / math.Sqrt(float64(len(values)))
	t := studentQuantile(level, len(values)-1)
	return Estimate{Value: mean, Lo: mean - t*se, Hi: mean + t*se, SE: se}, nil
}

func studentQuantile(level float64, dof int) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(dof)}.Quantile((1 + level) / 2)
}
