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
	{"centroid_share", "share of the centroids", "gap^2 / alignment: the share of the mean squared distance of partners that moving one centroid onto the other would take away; the rest is how rows scatter"},
	{"uniformity_a", "uniformity of A", "log mean exp(-2 |x_i - x_j|^2) over i != j; lower is more even"},
	{"uniformity_b", "uniformity of B", "the same for B"},
	{"separability", "separability", "accuracy of telling A from B by logistic regression, 5 folds, everything fitted without the fold; 0.5 is chance"},
	{"r1_ab", "R@1, A to B", "share of rows of A whose nearest row of B is their partner"},
	{"r1_ba", "R@1, B to A", "share of rows of B whose nearest row of A is their partner"},
	{"hubness_ab", "hubness, A to B", "skewness of how often a row of B is among the 10 nearest of a row of A; 0.3 where every row is found as often as by lot, well above 1 where a few are everybody's nearest"},
	{"hubness_ba", "hubness, B to A", "the same for rows of A among the nearest of a row of B"},
	{"cka", "CKA", "linear centred kernel alignment: 1 where both modalities have the same shape up to rotation and scale. Few rows of many dimensions have much of it for nothing"},
	{"procrustes_gap", "gap after Procrustes", "distance of the centroids when B is turned by the rotation that brings it nearest to A, fitted on these rows (the paper's amendment). It brings together what is paired at random as well"},
	{"procrustes_matched", "cosine after Procrustes", "mean x_i . W y_i with that rotation W"},
}

// title gives what people call a measure, and what it is.
func title(name string) (string, string) {
	for _, k := range Keys {
		if k.Name == name {
			return k.Title, k.Doc
		}
	}
	panic("measure: no measure " + name)
}
