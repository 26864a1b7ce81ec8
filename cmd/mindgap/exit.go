package main

import (
	"context"
	"errors"
	"strings"

	"mindgap/contrastive"
	"mindgap/engine"
)

// Exit statuses.
const (
	exitDone        = 0
	exitCheck       = 1
	exitUse         = 2
	exitNoDevice    = 3
	exitInterrupted = 130
)

// errCheck is returned by commands whose checks do not all hold.
var errCheck = errors.New("a check does not hold")

// exitCode gives the exit status of an error: wrong use unless it is something else.
func exitCode(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errCheck), errors.As(err, new(*contrastive.NotFinite)):
		return exitCheck
	case errors.Is(err, context.Canceled), errors.Is(err, engine.ErrInterrupted):
		return exitInterrupted
	case errors.Is(err, engine.ErrNoDevice):
		return exitNoDevice
	}
	return exitUse
}

// oneLine writes an error on one line, without the names of the packages that made it.
func oneLine(err error) string {
	if exitCode(err) == exitInterrupted {
		return "interrupted"
	}
	s := strings.Join(strings.Fields(err.Error()), " ")
	for _, p := range []string{"engine: ", "tensorfile: ", "geometry: ", "models: ", "contrastive: "} {
		s = strings.ReplaceAll(strings.TrimPrefix(s, p), ": "+p, ": ")
	}
	return s
}
