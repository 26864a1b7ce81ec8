package paper

// Needs that several experiments share.
const (
	features     = "the authors' published feature files (--features DIR), or the built-in surrogate"
	clipData     = "pretrained CLIP weights and image-caption pairs, or the built-in surrogate"
	zeroShotData = "pretrained CLIP weights and labelled images, or the built-in surrogate"
)

// All lists the experiments in the order of the paper.
var All = []*Experiment{
	fig1,
	fig2a,
	fig2b,
	fig2c,
	thm1,
	thm2,
	fig3Shift,
	fig3Sphere,
	fig3Points,
	statistics,
	normOff,
	finetune,
	initVsOpt,
	dims,
	table1,
	table2,
}
