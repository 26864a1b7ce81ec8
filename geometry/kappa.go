package geometry

import "math"

// Kappa is the normalised arc-cosine kernel of order 1 (Cho and Saul, 2009): the cosine
// between phi(a) and phi(b), phi = ReLU, in the limit of infinite width, where the
// coordinates of a and b are normal with mean 0 and correlation c:
//
//	kappa(c) = (sqrt(1-c^2) + c (pi - arccos c)) / pi
//
// It rises from kappa(-1) = 0 over kappa(0) = 1/pi to kappa(1) = 1, and lies above c for
// every c < 1: a ReLU layer draws vectors together. c is clamped to [-1, 1].
func Kappa(c float64) float64 {
	c = min(max(c, -1), 1)
	return (math.Sqrt(1-c*c) + c*(math.Pi-math.Acos(c))) / math.Pi
}

// BiasedCorrelation is the correlation of the pre-activations (Wu+b)_k and (Wv+b)_k when the
// entries of W and b are independent, normal, of one variance, |v| = 1, |u| = r and
// cos(u, v) = rho:
//
//	(1 + r rho) / sqrt(2 (1 + r^2))
func BiasedCorrelation(r, rho float64) float64 {
	return (1 + r*rho) / math.Sqrt(2*(1+r*r))
}

// LayerCosine is cos(phi(Wu+b), phi(Wv+b)), phi = ReLU, in the limit of infinite width:
// the kernel Kappa of BiasedCorrelation.
func LayerCosine(r, rho float64) float64 { return Kappa(BiasedCorrelation(r, rho)) }

// Theorem1Bound is the largest cosine below which Theorem 1 promises that a ReLU layer
// brings u and v nearer to each other, |u| = r |v|: the inverse of (r + 1/r)/2, that is
// 2r / (1 + r^2). It is 1 for r = 1.
func Theorem1Bound(r float64) float64 { return 2 * r / (1 + r*r) }
