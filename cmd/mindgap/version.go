package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/spf13/cobra"
)

// version is the program's own; it rises with what users can see.
const version = "0.1.0"

func (a *app) versionCmd() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version of the program", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			a.printf("mindgap %s%s, %s %s/%s\n", version, revision(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}

// revision is the commit that the program was built from, as far as the build says.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	if len(set["vcs.revision"]) < 12 {
		return ""
	}
	r := " " + set["vcs.revision"][:12]
	if set["vcs.modified"] == "true" {
		r += "+changes"
	}
	return r
}

// programName names version and program file: two programs of one name compute the same.
var programName = sync.OnceValue(func() string {
	name := "mindgap " + version + revision()
	path, err := os.Executable()
	if err != nil {
		return name
	}
	f, err := os.Open(path)
	if err != nil {
		return name
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return name
	}
	return name + " sha256:" + hex.EncodeToString(h.Sum(nil)[:8])
})
