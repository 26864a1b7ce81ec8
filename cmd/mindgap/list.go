package main

import (
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// listRow is an experiment in `list --json`.
type listRow struct {
	Name  string   `json:"name"`
	Where string   `json:"where"`
	Title string   `json:"title"`
	Doc   string   `json:"doc"`
	Needs []string `json:"needs"`
	Ready bool     `json:"ready"`
}

func (a *app) listCmd() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "list", Short: "List the experiments of the paper, what each needs, and which are ready", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			rows := []listRow{}
			for _, x := range a.experiments {
				rows = append(rows, listRow{x.Name, x.Where, x.Title, x.Doc, append([]string{}, x.Needs...), x.Ready()})
			}
			if asJSON {
				return a.writeJSON(map[string]any{"experiments": rows})
			}
			w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
			w.Write([]byte("NAME\tREADY\tWHERE\tWHAT\tNEEDS\n"))
			for _, r := range rows {
				ready, needs := "not yet", strings.Join(r.Needs, "; ")
				if r.Ready {
					ready = "yes"
				}
				if needs == "" {
					needs = "nothing"
				}
				w.Write([]byte(strings.Join([]string{r.Name, ready, r.Where, r.Title, needs}, "\t") + "\n"))
			}
			return w.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}
