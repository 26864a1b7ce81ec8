// Package scenes draws pictures with captions from a seed: the data set that needs no download.
//
// A scene is a value, a [Spec]: one or two kinds of objects (shape, colour, size, count, place)
// on a textured ground in one of four drawing styles. A [Source] draws specs, as many as are
// asked for; [Spec.Render] paints one at any size from 16 to 2048 pixels; [Spec.Captions] says in
// five ways what is to be seen, in words of a vocabulary of 87; [Tasks] are zero-shot
// classifications by shape, colour, count and position. The style is the neutral group of the
// fairness experiment.
//
// # The same on every machine
//
// Scene i of a source depends on seed, split and i alone: not on how many are drawn, nor in
// what order, nor on Go's random number generators. Its picture is the same bytes on every
// processor. Where coordinates are computed, every product that a sum follows is written
// float64(a*b) + c, because Go may fuse a*b + c into one rounding on arm64, ppc64, s390x, riscv64
// and amd64 v3, but not across a conversion; beside + - * / only Sqrt, Floor and Abs are
// used, which IEEE 754 rounds exactly; and colours are mixed as integers. A test looks for fused
// instructions in the code for arm64, which fuses whatever may be fused.
//
// # Splits
//
// Every set of attributes belongs to one split for good, by a hash of the attributes: one of
// 16 is [HeldOut], the others are [Train]. So no picture of a held-out source has a canonical
// caption that any training source can draw, whatever the seeds. The scenes of [Tasks] are
// held out too.
package scenes

// Version is raised when the pictures or captions of any source change.
const Version = 1
