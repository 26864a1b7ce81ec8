package main

import (
	"fmt"
	"path/filepath"
	"time"

	"mindgap/bench"
	"mindgap/cmd/mindgap/internal/report"
	"mindgap/cmd/mindgap/internal/speed"
)

// benchFolder opens the folder of --out before anything is timed; nil where none is wanted.
func benchFolder(dir string, wanted bool) (*report.Folder, error) {
	if !wanted {
		return nil, nil
	}
	return report.Open(dir)
}

// writeBench puts a benchmark's page, pictures and JSON into a folder.
func (a *app) writeBench(f *report.Folder, r written, l bench.Limits) error {
	run := speed.Run{Program: programName(), Date: time.Now(), Limits: l}
	var err error
	switch r := r.(type) {
	case *bench.Report:
		err = speed.Write(f, r, run)
	case *bench.GrowthReport:
		err = speed.WriteGrowth(f, r, run)
	case speed.Tabled:
		err = speed.WriteTable(f, r, run)
	default:
		return fmt.Errorf("--out: there is no page for this benchmark")
	}
	if err != nil {
		return err
	}
	a.log.Info("wrote " + filepath.Join(f.Dir, "index.html"))
	return nil
}
