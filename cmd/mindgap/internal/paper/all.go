package paper

// Needs that several experiments share.
const (
	features = "the authors' published feature files (--features DIR), or the built-in surrogate"
	clipData = "pretrained CLIP weights and image-caption pairs, or the built-in surrogate"
	zeroShot = "pretrained CLIP weights and labelled images, or the built-in surrogate"
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
	{
		Name: "table1", Where: "Table 1; Supplementary Tables 3 and 5", Title: "Zero-shot accuracy when the gap changes", Needs: []string{zeroShot},
		Doc: "Images are classified by the nearest class name. When the gap is made a little larger or smaller without training, accuracy changes, and on several data sets the best gap is not the one that training left.",
	},
	{
		Name: "table2", Where: "Table 2; Supplementary Table 4", Title: "Fairness when the gap changes", Needs: []string{zeroShot},
		Doc: "CLIP's habit of giving denigrating labels to photographs of people, by race, before and after the image embeddings are moved along the gap: a slightly larger gap makes fewer such mistakes in most groups.",
	},
}
