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
// Files that do not fit into memory are read as well, and get floors as others do. By default
// their all-pairs measures take a random sample of the rows, and say so; measures of all rows
// (the gap, partners' cosines and distances) then have the floor of all rows, from random
// pairings of the sample whose spread is brought down to as many rows (see whole). Exact tiles
// draw the pairings among all rows. CKA has its floor in closed form. What needs the rows
// themselves (separability, CKA, Procrustes, spectra, distributions within a modality) is taken
// from the sample, value and floor alike.
//
// Limits. Beside a block of rows, the scan keeps 16 bytes per row and pair of modalities,
// some 20 per row for groups and places, and for the first four million rows of each modality
// what finds duplicates, some 40 bytes a row. Rows that the all-pairs measures use are held
// in float64. Exact tiles of rows beyond Options.Memory are read from the files again, once
// per block of 4096 rows, and keep 300 bytes per row, 160 more per logit scale, and the partners
// of random pairings, 160 MB or 80 bytes per row. What an interval cannot cover (fewer than ten
// pairs) has none; rows of more than 1024 numbers have no intervals and floors of Procrustes, and
// of more than 2048 no spectra, CKA and Procrustes.
package measure
