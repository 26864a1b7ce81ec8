package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Who may import whom inside the module: an edge that is not here is a fault in the
// architecture. "" stands for none but the standard library and other modules.
var edges = map[string]string{
	"mindgap/engine":                            "mindgap/engine/internal/gl43 mindgap/engine/internal/glfwctx",
	"mindgap/engine/internal/gl43":              "mindgap/engine/internal/glfwctx",
	"mindgap/engine/internal/glfwctx":           "",
	"mindgap/engine/tensorfile":                 "mindgap/engine/tensorfile/internal/pickle",
	"mindgap/engine/enginetest":                 "mindgap/engine",
	"mindgap/kernels":                           "mindgap/engine mindgap/kernels/internal/vector",
	"mindgap/kernels/internal/vector":           "mindgap/engine",
	"mindgap/geometry":                          "mindgap/kernels mindgap/engine mindgap/engine/tensorfile",
	"mindgap/nn":                                "mindgap/kernels mindgap/engine mindgap/engine/tensorfile",
	"mindgap/nn/models":                         "mindgap/nn mindgap/kernels mindgap/engine mindgap/engine/tensorfile",
	"mindgap/nn/preprocess":                     "mindgap/engine/tensorfile mindgap/nn/preprocess/internal/jpeg",
	"mindgap/nn/preprocess/internal/jpeg":       "",
	"mindgap/contrastive":                       "mindgap/nn mindgap/nn/models mindgap/geometry mindgap/kernels mindgap/engine mindgap/engine/tensorfile",
	"mindgap/contrastive/dataset":               "mindgap/nn/preprocess mindgap/engine/tensorfile",
	"mindgap/contrastive/sceneclip":             "mindgap/contrastive mindgap/contrastive/scenes mindgap/nn mindgap/nn/models mindgap/geometry mindgap/kernels mindgap/engine mindgap/engine/tensorfile",
	"mindgap/contrastive/scenes":                "mindgap/contrastive/dataset mindgap/nn/preprocess",
	"mindgap/bench":                             "mindgap/contrastive mindgap/contrastive/dataset mindgap/contrastive/sceneclip mindgap/nn mindgap/nn/models mindgap/nn/preprocess mindgap/geometry mindgap/kernels mindgap/engine mindgap/engine/enginetest mindgap/engine/tensorfile mindgap/bench/peers/gonum",
	"mindgap/bench/peers/gonum":                 "",
	"mindgap/cmd/mindgap/internal/report":       "mindgap/engine/tensorfile",
	"mindgap/cmd/mindgap/internal/progress":     "",
	"mindgap/cmd/mindgap/internal/embed":        "mindgap/cmd/mindgap/internal/progress mindgap/nn mindgap/nn/models mindgap/nn/preprocess mindgap/kernels mindgap/engine mindgap/engine/tensorfile",
	"mindgap/cmd/mindgap/internal/measure":      "mindgap/cmd/mindgap/internal/report mindgap/cmd/mindgap/internal/progress mindgap/geometry mindgap/kernels mindgap/engine mindgap/engine/tensorfile",
	"mindgap/cmd/mindgap/internal/names":        "",
	"mindgap/cmd/mindgap/internal/speed":        "mindgap/bench mindgap/cmd/mindgap/internal/report mindgap/engine",
	"mindgap/cmd/mindgap/internal/train":        "mindgap/cmd/mindgap/internal/names mindgap/cmd/mindgap/internal/progress mindgap/cmd/mindgap/internal/report mindgap/contrastive mindgap/contrastive/dataset mindgap/contrastive/scenes mindgap/contrastive/sceneclip mindgap/nn mindgap/nn/models mindgap/nn/preprocess mindgap/geometry mindgap/kernels mindgap/engine mindgap/engine/tensorfile",
	"mindgap/cmd/mindgap/internal/paper":        "mindgap/cmd/mindgap/internal/names mindgap/cmd/mindgap/internal/embed mindgap/cmd/mindgap/internal/report mindgap/cmd/mindgap/internal/progress mindgap/contrastive mindgap/contrastive/dataset mindgap/contrastive/scenes mindgap/contrastive/sceneclip mindgap/nn mindgap/nn/models mindgap/nn/preprocess mindgap/geometry mindgap/kernels mindgap/engine mindgap/engine/tensorfile",
	"mindgap/engine/tensorfile/internal/pickle": "",
}

func TestImportEdges(t *testing.T) {
	out, err := exec.Command("go", "list", "-tags", "egl,glfw", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "mindgap/...").CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		words := strings.Fields(line)
		from := words[0]
		if from == "mindgap/cmd/mindgap" {
			continue // the program ties everything together
		}
		allowed, known := edges[from]
		require.True(t, known, "%s is a new package: say here what it may import", from)
		for _, to := range words[1:] {
			if strings.HasPrefix(to, "mindgap/") {
				require.Contains(t, strings.Fields(allowed), to, "%s imports %s", from, to)
			}
			if strings.HasPrefix(to, "github.com/go-gl/") {
				require.Contains(t, from, "engine/internal/", "%s imports %s", from, to)
			}
		}
	}
}
