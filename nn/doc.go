// Package nn builds networks on the engine: a tape that records what was computed and runs
// it backwards, operations with their gradients, parameters with their exact initial
// distributions.
//
// A network is a Go value whose layers hold Params, and a method that calls operations on a
// Tape. The same method serves training (NewTape records) and inference (Inference records
// nothing, computes in place where that is possible, and gives memory back block by block).
//
// Layout: images are N x H x W x C, sequences are matrices whose row b L + i is token i of
// sequence b, weights of a linear layer are out x in as in PyTorch.
package nn
