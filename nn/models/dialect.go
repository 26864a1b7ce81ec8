package models

import (
	"fmt"
	"regexp"
	"strings"
)

// dialect is how a publisher names the tensors of a network. ours turns a name of this package
// (OpenAI's for CLIP) into theirs: several parts to be stacked, or a transposed matrix.
type dialect struct {
	name  string
	shows string // a tensor that only this dialect has
	ours  func(name string) (parts []string, transposed bool)
}

var clipDialects = []dialect{
	{"OpenAI CLIP", "visual.conv1.weight", same},
	{"Hugging Face CLIP", "vision_model.embeddings.patch_embedding.weight", huggingFace},
}

var vitDialects = append([]dialect{
	{"torchvision ViT, first files", "encoder.layers.encoder_layer_0.mlp.linear_1.weight", func(name string) ([]string, bool) {
		parts, turned := torchvisionViT(name)
		return []string{firstNames.Replace(parts[0])}, turned
	}},
	{"torchvision ViT", "encoder.pos_embedding", torchvisionViT},
	{"a single image tower", "conv1.weight", func(name string) ([]string, bool) {
		return []string{strings.TrimPrefix(name, "visual.")}, false
	}},
}, clipDialects...)

func same(name string) ([]string, bool) { return []string{name}, false }

// openCLIPText is open_clip's naming of models with a text tower of their own.
func openCLIPText(name string) ([]string, bool) {
	if strings.HasPrefix(name, "visual.") || name == "logit_scale" {
		return []string{name}, false
	}
	return []string{"text." + name}, false
}

var blockName = regexp.MustCompile(`^(visual\.)?transformer\.resblocks\.(\d+)\.(.+)$`)

var huggingFaceBlock = map[string]string{
	"ln_1.weight": "layer_norm1.weight", "ln_1.bias": "layer_norm1.bias",
	"ln_2.weight": "layer_norm2.weight", "ln_2.bias": "layer_norm2.bias",
	"attn.out_proj.weight": "self_attn.out_proj.weight", "attn.out_proj.bias": "self_attn.out_proj.bias",
	"mlp.c_fc.weight": "mlp.fc1.weight", "mlp.c_fc.bias": "mlp.fc1.bias",
	"mlp.c_proj.weight": "mlp.fc2.weight", "mlp.c_proj.bias": "mlp.fc2.bias",
}

var huggingFaceNames = map[string]string{
	"visual.class_embedding":      "vision_model.embeddings.class_embedding",
	"visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
	"visual.conv1.weight":         "vision_model.embeddings.patch_embedding.weight",
	"visual.ln_pre.weight":        "vision_model.pre_layrnorm.weight", // their spelling
	"visual.ln_pre.bias":          "vision_model.pre_layrnorm.bias",
	"visual.ln_post.weight":       "vision_model.post_layernorm.weight",
	"visual.ln_post.bias":         "vision_model.post_layernorm.bias",
	"token_embedding.weight":      "text_model.embeddings.token_embedding.weight",
	"positional_embedding":        "text_model.embeddings.position_embedding.weight",
	"ln_final.weight":             "text_model.final_layer_norm.weight",
	"ln_final.bias":               "text_model.final_layer_norm.bias",
	"logit_scale":                 "logit_scale",
}

func huggingFace(name string) ([]string, bool) {
	switch name {
	case "visual.proj":
		return []string{"visual_projection.weight"}, true
	case "text_projection":
		return []string{"text_projection.weight"}, true
	}
	m := blockName.FindStringSubmatch(name)
	if m == nil {
		return []string{huggingFaceNames[name]}, false
	}
	tower := "text_model"
	if m[1] != "" {
		tower = "vision_model"
	}
	prefix := fmt.Sprintf("%s.encoder.layers.%s.", tower, m[2])
	if part, ok := strings.CutPrefix(m[3], "attn.in_proj_"); ok {
		var parts []string
		for _, x := range []string{"q", "k", "v"} {
			parts = append(parts, prefix+"self_attn."+x+"_proj."+part)
		}
		return parts, false
	}
	return []string{prefix + huggingFaceBlock[m[3]]}, false
}

var torchvisionBlock = map[string]string{
	"attn.in_proj_weight": "self_attention.in_proj_weight", "attn.in_proj_bias": "self_attention.in_proj_bias",
	"attn.out_proj.weight": "self_attention.out_proj.weight", "attn.out_proj.bias": "self_attention.out_proj.bias",
	"mlp.c_fc.weight": "mlp.0.weight", "mlp.c_fc.bias": "mlp.0.bias",
	"mlp.c_proj.weight": "mlp.3.weight", "mlp.c_proj.bias": "mlp.3.bias",
}

// firstNames are those of the MLPs in the files that torchvision published first.
var firstNames = strings.NewReplacer(".mlp.0.", ".mlp.linear_1.", ".mlp.3.", ".mlp.linear_2.")

var torchvisionNames = map[string]string{
	"visual.class_embedding": "class_token", "visual.positional_embedding": "encoder.pos_embedding",
	"visual.conv1.weight": "conv_proj.weight", "visual.conv1.bias": "conv_proj.bias",
	"visual.ln_post.weight": "encoder.ln.weight", "visual.ln_post.bias": "encoder.ln.bias",
}

func torchvisionViT(name string) ([]string, bool) {
	m := blockName.FindStringSubmatch(name)
	if m == nil {
		return []string{torchvisionNames[name]}, false
	}
	part, ok := torchvisionBlock[m[3]]
	if !ok {
		part = m[3] // the norms: ln_1, ln_2
	}
	return []string{fmt.Sprintf("encoder.layers.encoder_layer_%s.%s", m[2], part)}, false
}
