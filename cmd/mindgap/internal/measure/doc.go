// Package measure takes every measure of paired embeddings that lie in files: the gap
// between modalities and what goes with it, each with an interval and, where the pairing
// matters, with the floor that random pairings of the same rows give.
//
// Files are read once by blocks of rows, in float64; that pass (scan) gives every measure
// that costs O(N D), for any number of rows. Measures over all pairs run on the device in
// tiles: on all rows, on a random sample that the result names, or, when asked, on all rows
// of files that do not fit into memory. Tiles follow the groups of the delete-group
// jackknife, so that the pass that measures gives the interval as well.
//
// Limits. Beside a block of rows, the scan keeps 16 bytes per row and pair of modalities,
// some 20 per row for groups and places, and for the first four million rows of each modality
// what finds duplicates, some 40 bytes a row. Rows that the all-pairs measures use are held
// in float64. Exact tiles of rows beyond Options.Memory are read from the files again, once
// per block of 4096 rows, and keep 50 bytes per row and 160 more per logit scale; they give
// no floors, and separability, spectra and the distributions within a modality come from the
// sample. What an interval cannot cover (fewer than ten pairs) has none.
package measure
