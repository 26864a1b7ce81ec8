// Package jpeg decodes JPEG to 8-bit RGB, byte for byte as libjpeg does with its usual settings:
// the accurate integer inverse cosine transform ("islow"), triangular ("fancy") upsampling of
// chroma, and the colour arithmetic of JFIF in 16-bit fixed point. What data sets of images were
// decoded with in Python is libjpeg or its faster twin libjpeg-turbo, which gives the same bytes.
//
// Baseline, extended sequential and progressive files with Huffman coding and 8-bit samples
// are read: ITU-T T.81 (the standard), T.871 (JFIF). Arithmetic coding, lossless and
// hierarchical modes and 12-bit samples are refused by name. Where libjpeg warns of damaged data
// and goes on with grey, this package returns an error.
package jpeg
