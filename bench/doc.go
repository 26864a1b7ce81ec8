// Package bench measures speed: what a device can do at most (the roofline), what every
// kernel reaches of it, how cost grows with the number of vectors, and how kernels compare with
// peers.
//
// Rounds are interleaved, so that a busy moment hits all competitors; a figure is the median
// of its rounds with a 95 % confidence interval by order statistics. Inputs are random and
// never zero, since processors are faster on zeros.
package bench
