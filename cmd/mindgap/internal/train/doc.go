// Package train runs contrastive training on a user's own pairs and keeps its folder: settings,
// checkpoint, log, page and weights, from which an interrupted run goes on bit for bit.
//
// Three kinds of pairs can be trained on: images with captions (a CLIP, from scratch or from a
// checkpoint), embeddings of two frozen encoders (trainable heads), and drawn scenes (the
// project's own dual encoder). Each makes a Job; Run does the rest.
package train
