// Package embed turns folders of images and lists of captions into rows of numbers, by the
// networks of nn/models with published or random weights.
//
// A [Model] opens as an encoder, [Images] or [Texts], whose Embed gives the rows of one batch.
// A [Job] is an encoder with all its inputs; its Run writes the file of rows, keeps what is
// done on the way, and goes on where an earlier run stopped.
package embed
