package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"mindgap/cmd/mindgap/internal/train"
)

// trainApart are flags on which the results of a run do not depend; trainKindly are those of the
// others that are not for every kind of data.
var (
	trainApart  = []string{"device", "out", "resume", "json", "save-every", "help"}
	trainKindly = map[string][]string{
		"model": {train.KindPairs}, "weights": {train.KindPairs}, "vocab": {train.KindPairs},
		"head": {train.KindEmbeddings}, "dim": {train.KindPairs, train.KindEmbeddings}, "pairs": {train.KindScenes},
	}
)

// means reports whether a flag means something for this kind of data.
func (f *trainFlags) means(flag string) bool {
	kinds, some := trainKindly[flag]
	return !some || slices.Contains(kinds, f.kind)
}

// settings are the flags that results depend on, as they are written.
func (f *trainFlags) settings() map[string]string {
	out := map[string]string{}
	f.set.VisitAll(func(x *pflag.Flag) {
		if !slices.Contains(trainApart, x.Name) && f.means(x.Name) {
			out[x.Name] = x.Value.String()
		}
	})
	return out
}

// command is the command line that the settings stand for.
func (f *trainFlags) command(data []string) string {
	words := []string{"mindgap", "train"}
	if f.kind == train.KindScenes {
		words = append(words, train.KindScenes)
	}
	words = append(words, data...)
	settings := f.settings()
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if x := f.set.Lookup(name); settings[name] != x.DefValue {
			words = append(words, "--"+name, settings[name])
		}
	}
	for i, w := range words {
		words[i] = shellWord(w)
	}
	return strings.Join(words, " ")
}

// shellWord quotes an argument where a shell would change it.
func shellWord(w string) string {
	if w == "" || strings.ContainsAny(w, " \t\n'\"\\$&|;<>(){}*?#~`") {
		return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return w
}

// takeFrom sets the flags that were not given to those of the run that goes on.
func (f *trainFlags) takeFrom(begun *train.Settings) error {
	if !f.set.Changed("device") {
		f.device = begun.Device
	}
	for name, value := range begun.Flags {
		x := f.set.Lookup(name)
		if x == nil {
			return fmt.Errorf("--resume: the run in %s has a flag --%s, which this version of the program lacks", f.out, name)
		}
		if !x.Changed {
			if err := x.Value.Set(value); err != nil {
				return fmt.Errorf("--resume: %s of the run in %s: --%s %q: %w", train.SettingsFile, f.out, name, value, err)
			}
		}
	}
	return nil
}
