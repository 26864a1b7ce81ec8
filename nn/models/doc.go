// Package models holds the networks of the paper: architecture and exact initialisation.
//
// MLP is the random network of Figures 2(b) and 2(c) and of Theorem 2. It runs on the
// device of its tensors and keeps no state of its own: weights come from a stream of
// random numbers, layer by layer, and are the caller's.
package models
