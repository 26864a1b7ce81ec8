package tensorfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"unicode"
)

// Error says in one line which file, what is wrong, and what to do.
type Error struct {
	File string // the name that the caller gave; "x.npz:a" for the entry a of x.npz
	Msg  string // what is wrong and what to do
	Err  error  // the cause, if another error is behind it
}

// Error gives "tensorfile: FILE: what is wrong; what to do".
func (e *Error) Error() string { return "tensorfile: " + printable(e.File) + ": " + e.Msg }

// Unwrap gives the cause, for errors.Is(err, fs.ErrNotExist) and its like.
func (e *Error) Unwrap() error { return e.Err }

func fail(file, format string, args ...any) error {
	return &Error{File: file, Msg: fmt.Sprintf(format, args...)}
}

// because names the file in an error of the system or of a decoder. What already
// is an Error passes unchanged.
func because(file, doing string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	cause := err
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		cause = e.Err
	} else if e, ok := errors.AsType[*os.LinkError](err); ok {
		cause = e.Err
	}
	return &Error{File: file, Msg: doing + ": " + printable(cause.Error()), Err: err}
}

// printable keeps text on one line: names and headers may hold anything.
func printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) < 0 {
		return s
	}
	return strconv.Quote(s)
}

// clip quotes text from a file, shortened to what a line can carry.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return strconv.Quote(s[:most]) + "..."
	}
	return strconv.Quote(s)
}

// times writes a shape as 2x500x512; that of a single number as "scalar".
func times(shape []int) string {
	if len(shape) == 0 {
		return "scalar"
	}
	var b strings.Builder
	for i, n := range shape {
		if i > 0 {
			b.WriteByte('x')
		}
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}
