// Package contrastive trains dual encoders and looks at what they do: InfoNCE and its
// relatives, temperatures, mismatched pairs, the modality gap along the way, zero-shot
// classification and its errors by group.
package contrastive
