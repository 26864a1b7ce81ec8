package kernels

import (
	"os"
	"path/filepath"
	"testing"

	"mindgap/engine"
)

func TestDump(t *testing.T) {
	dir := os.Getenv("DUMP")
	if dir == "" {
		t.Skip()
	}
	for _, s := range Table {
		for _, v := range s.Info().Variants {
			text, err := engine.ShaderText(s.Info().Source, v.File, v.Defines)
			if err != nil {
				t.Error(err)
			}
			os.WriteFile(filepath.Join(dir, s.Info().Name+"__"+v.Name+".comp"), []byte(text), 0o644)
		}
	}
}
