package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mindgap/engine"
)

// kernelRow is a kernel in `kernels --json`.
type kernelRow struct {
	Kernel   string   `json:"kernel"`
	Doc      string   `json:"doc"`
	Shaders  []string `json:"shaders"`
	Variants []string `json:"variants"`
	Cases    int      `json:"cases"`
}

func kernelRows(table []engine.Spec) []kernelRow {
	rows := []kernelRow{}
	for _, s := range table {
		in := s.Info()
		r := kernelRow{Kernel: in.Name, Doc: in.Doc, Cases: len(s.TestCases()), Shaders: []string{}, Variants: []string{}}
		for _, v := range in.Variants {
			if !containsString(r.Shaders, v.File) {
				r.Shaders = append(r.Shaders, v.File)
			}
			r.Variants = append(r.Variants, v.Name)
		}
		rows = append(rows, r)
	}
	return rows
}

func containsString(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (a *app) kernelsCmd() *cobra.Command {
	var asJSON, asMarkdown bool
	c := &cobra.Command{
		Use: "kernels", Short: "Print the table of kernels", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			rows := kernelRows(a.table)
			switch {
			case asJSON:
				return a.writeJSON(map[string]any{"kernels": rows})
			case asMarkdown:
				a.printf("%s", kernelMarkdown(rows))
				return nil
			}
			w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "KERNEL\tCOMPUTES\tVARIANTS\tCASES")
			for _, r := range rows {
				fmt.Fprintf(w, "%s\t%s\t%s\t%d\n", r.Kernel, r.Doc, strings.Join(r.Variants, " "), r.Cases)
			}
			return w.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&asMarkdown, "md", false, "print Markdown, as it stands in the README")
	c.MarkFlagsMutuallyExclusive("json", "md")
	return c
}

// kernelMarkdown is the README's table of kernels.
func kernelMarkdown(rows []kernelRow) string {
	var b strings.Builder
	b.WriteString("| kernel | computes | shaders | variants |\n|---|---|---|---|\n")
	for _, r := range rows {
		var files []string
		for _, f := range r.Shaders {
			files = append(files, fmt.Sprintf("[%s](kernels/%s)", strings.TrimSuffix(f, ".comp.glsl"), f))
		}
		doc := strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "_", `\_`).Replace(r.Doc)
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.Kernel, doc, strings.Join(files, " "), strings.Join(r.Variants, ", "))
	}
	return b.String()
}
