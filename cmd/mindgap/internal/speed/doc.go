// Package speed writes what benchmarks found as a page that opens offline, with pictures: the
// roofline, the ladder of matrix products, how cost grows.
package speed
