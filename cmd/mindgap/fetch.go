package main

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"mindgap/cmd/mindgap/internal/paper"
	"mindgap/cmd/mindgap/internal/progress"
	"mindgap/cmd/mindgap/internal/report"
)

// featuresURL is the folder of the authors' files, at the commit that the digests were taken
// from: it does not move with a branch.
const featuresURL = "https://raw.githubusercontent.com/Weixin-Liang/Modality-Gap/8e20cb24efa4c5f89aad694f2f65eb43ffc46d10/Figure_1_Modality_Gap"

func (a *app) fetchCmd() *cobra.Command {
	c := &cobra.Command{
		Use: "fetch", Short: "Download published data, checked against its known digests", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.fetchFeaturesCmd())
	return c
}

func (a *app) fetchFeaturesCmd() *cobra.Command {
	var out, from string
	var asJSON bool
	c := &cobra.Command{
		Use: "features", Short: "Download the authors' embeddings of Figure 1: eight files, 11 MB", Args: cobra.NoArgs,
		Long: `features downloads the embeddings that the paper's authors published with their code
(github.com/Weixin-Liang/Modality-Gap, MIT licence): four models, pretrained and with random
weights. Every file is compared with its known sha256. What is there already is kept; what
was interrupted goes on where it ended. Then: mindgap reproduce fig1 --features DIR`,
		RunE: func(c *cobra.Command, _ []string) error {
			if u, err := url.Parse(from); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
				return fmt.Errorf("--from %s: want an address that begins with http:// or https://", from)
			}
			return a.fetchFeatures(c.Context(), newDownloader(a), out, strings.TrimSuffix(from, "/"), asJSON)
		},
	}
	c.Flags().StringVar(&out, "out", "features", "folder for the files")
	c.Flags().StringVar(&from, "from", featuresURL, "address of the folder of the files")
	c.Flags().MarkHidden("from")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON: {\"folder\": ..., \"files\": [...]}")
	return c
}

// fetchedRow is a file in `fetch features --json`.
type fetchedRow struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Had    bool   `json:"had"` // it was there already
}

func (a *app) fetchFeatures(ctx context.Context, d *downloader, out, from string, asJSON bool) error {
	if _, err := report.Open(out); err != nil {
		return err
	}
	rows := []fetchedRow{}
	for _, f := range paper.FeatureFiles {
		row := fetchedRow{File: f.Name(), Bytes: f.Bytes(), SHA256: f.SHA256}
		var err error
		row.Had, err = d.fetch(ctx, remote{url: from + "/" + f.Name(), path: filepath.Join(out, f.Name()), sha256: f.SHA256, bytes: row.Bytes})
		a.progress.Stop()
		if err != nil {
			return err
		}
		rows = append(rows, row)
		if !asJSON {
			what := "downloaded"
			if row.Had {
				what = "there already"
			}
			a.printf("%s: %s, %sB, sha256 as known\n", row.File, what, progress.Count(float64(row.Bytes)))
		}
	}
	if asJSON {
		return a.writeJSON(map[string]any{"folder": out, "files": rows})
	}
	a.printf("all %d files are in %s; now: mindgap reproduce fig1 --features %s\n", len(rows), out, out)
	return nil
}
