package dataset

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"unicode"
)

// Error says in one line which file and row, what is wrong, and what to do.
type Error struct {
	File string // the file; of an archive "x.tar:member"
	Row  string // "line 7", "image 397133"; rows of binary files count from 0; "": the whole file
	Msg  string // what is wrong and what to do
	Err  error  // the cause, if another error is behind it
}

// Error gives "dataset: FILE: ROW: what is wrong; what to do".
func (e *Error) Error() string {
	if e.Row == "" {
		return "dataset: " + printable(e.File) + ": " + e.Msg
	}
	return "dataset: " + printable(e.File) + ": " + printable(e.Row) + ": " + e.Msg
}

// Unwrap gives the cause, for errors.Is(err, fs.ErrNotExist) and its like.
func (e *Error) Unwrap() error { return e.Err }

func fail(file, format string, args ...any) error {
	return &Error{File: file, Msg: fmt.Sprintf(format, args...)}
}

func failAt(file, row, format string, args ...any) error {
	return &Error{File: file, Row: row, Msg: fmt.Sprintf(format, args...)}
}

// because names file and row in an error of the system or of a decoder. What already is an
// Error passes unchanged.
func because(file, row, doing string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return &Error{File: file, Row: row, Msg: doing + ": the file ends too early; copy it again", Err: io.ErrUnexpectedEOF}
	}
	cause := err
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		cause = e.Err
	}
	return &Error{File: file, Row: row, Msg: doing + ": " + printable(cause.Error()), Err: err}
}

// line, record: a row of a text file counts from 1, one of a binary file from 0.
func line(n int) string   { return "line " + strconv.Itoa(n) }
func record(n int) string { return "record " + strconv.Itoa(n) }

// printable keeps text on one line: names and headers may hold anything.
func printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) < 0 {
		return s
	}
	return strconv.Quote(s)
}

// clip quotes text from a file, shortened to what a line can carry.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		return strconv.Quote(s[:most]) + "..."
	}
	return strconv.Quote(s)
}

// some joins at most a few names of a list, each shortened.
func some(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	const most = 8
	var b strings.Builder
	for i, name := range names[:min(most, len(names))] {
		if i > 0 {
			b.WriteString(", ")
		}
		if len(name) > 60 {
			name = clip(name)
		}
		b.WriteString(printable(name))
	}
	if len(names) > most {
		fmt.Fprintf(&b, " and %d more", len(names)-most)
	}
	return b.String()
}
