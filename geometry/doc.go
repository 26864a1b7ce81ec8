// Package geometry measures embeddings: the gap between two modalities, the cone
// that each of them lies in, how well they separate, what survives of their
// neighbourhoods; and it holds the theory of such numbers in closed form.
//
// Everything is float64 on gonum and needs no device. Rows come from anywhere: a
// file, an encoder, a random generator ([Rows] is a plain row-major matrix).
// Where an all-pairs pass grows too large for one processor, the part that needs
// the pass takes its numbers instead ([PairStats], [RecallFromRanks],
// [SkewnessOfCounts], [Neighbours]), so that an engine can compute them.
//
// Measures take rows as they lie and say in their comment whether they expect unit
// rows; [Rows.Normalise] makes them. Every comment says which pairs are counted.
// Rows that cannot be measured (too few, NaN, of different widths) are an [*Error],
// never a NaN in a table. Randomness is an argument: a seed for PCG of math/rand/v2,
// and the same seed gives the same bits on any number of processors.
//
// "The paper" is Liang, Zhang, Kwon, Yeung, Zou: Mind the Gap (NeurIPS 2022,
// arXiv 2203.02053). Its authors' embeddings serve as the tests' reference.
package geometry
