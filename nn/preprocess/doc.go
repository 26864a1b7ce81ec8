// Package preprocess turns files into what published models eat: images resized, cropped and
// normalised byte for byte as Pillow and torchvision do it, and texts as the token ids of
// CLIP's tokenizer.
package preprocess
