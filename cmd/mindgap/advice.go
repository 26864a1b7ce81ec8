package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"
)

// adviseOnUse makes wrong flags and arguments of a command, and of all below it, say where the
// right ones are listed.
func adviseOnUse(c *cobra.Command) {
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		text := err.Error()
		if before, _, number := strings.Cut(text, ": strconv.ParseUint"); number {
			text = before + ": want a whole number from 0 to 18446744073709551615"
		}
		if before, _, number := strings.Cut(text, ": strconv.ParseInt"); number {
			text = before + ": want a whole number"
		}
		return fmt.Errorf("%s; `%s --help` lists the flags", text, c.CommandPath())
	})
	if args := c.Args; args != nil {
		c.Args = func(c *cobra.Command, given []string) error {
			if err := args(c, given); err != nil {
				return fmt.Errorf("%w; `%s --help` says what it takes", err, c.CommandPath())
			}
			return nil
		}
	}
	for _, below := range c.Commands() {
		adviseOnUse(below)
	}
}

// output is standard output. It keeps the first error, so that text that is lost (a full disk)
// is noticed also where the one who prints does not look.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.w.Write(p)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		o.err = fmt.Errorf("cannot write to standard output: %w", err)
	}
	return n, o.err
}
