package dataset

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
)

// readTable reads a csv file with a header and calls each for every row; its columns are found
// by name. Commas within quotes, quotes, and line breaks within quotes are read as csv has them.
func readTable(file string, start func(header []string) error, each func(row int, cells []string) error) error {
	f, err := os.Open(file)
	if err != nil {
		return because(file, "", "open", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return fail(file, "the file is empty; want a header and rows")
	} else if err != nil {
		return csvError(file, err)
	}
	header = slices.Clone(header)
	for i, name := range header {
		header[i] = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
	}
	if err := start(header); err != nil {
		return err
	}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return csvError(file, err)
		}
		row, _ := r.FieldPos(0)
		if err := each(row, cells); err != nil {
			return err
		}
	}
}

func csvError(file string, err error) error {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return &Error{File: file, Row: line(e.Line), Msg: "read csv: " + e.Err.Error(), Err: err}
	}
	return because(file, "", "read csv", err)
}
