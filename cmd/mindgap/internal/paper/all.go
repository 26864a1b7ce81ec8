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
	{
		Name: "finetune", Where: "Section 4.2; Supplementary Figure 8", Title: "Training on at six temperatures", Needs: []string{clipData},
		Doc: "The model is trained further at six temperatures. The higher the temperature, the smaller the gap that remains: the contrastive loss itself keeps the gap at CLIP's low temperature.",
	},
	{
		Name: "init-vs-opt", Where: "Section 4.4", Title: "Initialisation or optimisation?", Needs: []string{clipData},
		Doc: "Two-tower models are trained from scratch, once as they are and once with the gap removed before training. Both begin and end differently: part of the gap is the initialisation's, and the optimisation opens one even where there was none.",
	},
	{
		Name: "dims", Where: "Supplementary Figure 16", Title: "The gap and the dimension", Needs: []string{clipData},
		Doc: "The same training with embeddings of 64, 128, 256 and 512 dimensions: the gap is nearly the same with each.",
	},
	table1,
	table2,
}
