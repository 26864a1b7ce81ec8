package measure

// Key is a measure's name in JSON and CSV, what people call it, and what it is in a line.
type Key struct {
	Name, Title, Doc string
}

// Keys are the estimates, in the order of every table.
var Keys = []Key{
	{"gap", "gap", "distance of the two centroids, |mean x - mean y|"},
	{"rmg", "relative modality gap (RMG)", "p/(p + (i + t)/2), mean distances 1 - (cos + 1)/2 of partners and within A and B; 0.5: partners are as far apart as two rows of one modality"},
	{"l2m", "distance of the means (L2M)", "the gap, under the name of Schrodi et al."},
	{"l2i", "distance of partners (L2I)", "mean |x_i - y_i|"},
	{"cos_aa", "cosine within A", "mean over pairs i != j: how narrow the cone of A is"},
	{"cos_bb", "cosine within B", "mean over pairs i != j: how narrow the cone of B is"},
	{"matched", "cosine of partners", "mean x_i . y_i"},
	{"mismatched", "cosine of others", "mean x_i . y_j over i != j: what partners have to beat"},
	{"cos_means", "cosine of the means", "cosine between the two centroids"},
	{"alignment", "alignment", "mean |x_i - y_i|^2; 0 is best"},
	{"uniformity_a", "uniformity of A", "log mean exp(-2 |x_i - x_j|^2) over i != j; lower is more even"},
	{"uniformity_b", "uniformity of B", "the same for B"},
	{"separability", "separability", "accuracy of telling A from B by logistic regression, 5 folds, everything fitted without the fold; 0.5 is chance"},
	{"r1_ab", "R@1, A to B", "share of rows of A whose nearest row of B is their partner"},
	{"r1_ba", "R@1, B to A", "share of rows of B whose nearest row of A is their partner"},
}

var estimateKeys = func() (out []string) {
	for _, k := range Keys {
		out = append(out, k.Name)
	}
	return out
}()
