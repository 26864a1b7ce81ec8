package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// logHandler writes a record as a plain line: "mindgap: warning: message key=value".
type logHandler struct {
	w     io.Writer
	attrs string
}

func newLogHandler(w io.Writer) *logHandler { return &logHandler{w: w} }

// Enabled implements slog.Handler.
func (h *logHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }

// Handle implements slog.Handler.
func (h *logHandler) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	b.WriteString("mindgap: ")
	switch {
	case r.Level >= slog.LevelError:
		b.WriteString("error: ")
	case r.Level >= slog.LevelWarn:
		b.WriteString("warning: ")
	}
	b.WriteString(r.Message + h.attrs)
	r.Attrs(func(a slog.Attr) bool { b.WriteString(attr(a)); return true })
	b.WriteByte('\n')
	_, err := io.WriteString(h.w, b.String())
	return err
}

// WithAttrs implements slog.Handler.
func (h *logHandler) WithAttrs(list []slog.Attr) slog.Handler {
	next := *h
	for _, a := range list {
		next.attrs += attr(a)
	}
	return &next
}

// WithGroup implements slog.Handler; groups are not shown.
func (h *logHandler) WithGroup(string) slog.Handler { return h }

func attr(a slog.Attr) string {
	s := a.Value.String()
	if strings.ContainsAny(s, " \"\n") {
		s = fmt.Sprintf("%q", s)
	}
	return " " + a.Key + "=" + s
}
