package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"mindgap/cmd/mindgap/internal/embed"
	"mindgap/cmd/mindgap/internal/progress"
)

// reportEmbed says what was done.
func (a *app) reportEmbed(r *embed.Run, j *embed.Job, f embedFlags, opened, took time.Duration) error {
	if r.Zero > 0 {
		a.log.Warn(fmt.Sprintf("%d rows are all zeros: they have no direction and stay as they are", r.Zero))
	}
	for _, b := range r.Bad {
		text := b.Why
		if !strings.Contains(filepath.ToSlash(text), b.Name) { // the reason of most names the file
			text = visible(b.Name) + ": " + text
		}
		a.log.Warn("left out: " + text)
	}
	rate := float64(r.Done-r.Had) / took.Seconds()
	if f.json {
		return a.writeJSON(struct {
			*embed.Run
			Key     embed.Key `json:"key"`
			Raw     bool      `json:"raw"`
			Seconds float64   `json:"seconds"`
			Rate    float64   `json:"per_second"`
		}{r, j.Key, f.options.Raw, (opened + took).Seconds(), rate})
	}
	kind := "of length 1"
	if f.options.Raw {
		kind = "as the network gives them"
	}
	a.printf("%d rows of %d numbers, %s, are in %s; their names in %s\n", r.Rows, r.Width, kind, r.Out, r.NamesFile)
	text := fmt.Sprintf("%s %s/s; model ready after %s", progress.Count(rate), j.Unit, progress.Duration(opened))
	if r.Had > 0 {
		text += fmt.Sprintf("; %d were done before", r.Had)
	}
	if len(r.Bad) > 0 {
		text += fmt.Sprintf("; %d could not be read and are left out", len(r.Bad))
	}
	a.log.Info(text)
	return nil
}
