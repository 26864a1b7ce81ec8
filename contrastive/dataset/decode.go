package dataset

import "mindgap/nn/preprocess"

// decode turns the bytes of an image file into a picture: the one place where this package
// decodes.
var decode = preprocess.Decode
