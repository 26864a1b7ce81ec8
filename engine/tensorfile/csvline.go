package tensorfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const maxLine = 16 << 20 // bytes of one csv line: 65536 numbers of full precision and more

// csvLines reads a csv file line by line and counts lines and bytes.
type csvLines struct {
	r    *bufio.Reader
	long []byte // a line that is longer than the buffer of r
	line int    // number of the line that next gave, from 1
	off  int64  // where the next line begins
}

// next gives a line without its end; it is valid until the next call. At the end of
// the file: io.EOF.
func (c *csvLines) next() ([]byte, error) {
	c.long = c.long[:0]
	for {
		b, err := c.r.ReadSlice('\n')
		c.off += int64(len(b))
		if len(c.long)+len(b) > maxLine {
			return nil, fmt.Errorf("line %d is longer than %d bytes; one row stands on one line", c.line+1, maxLine)
		}
		if err == bufio.ErrBufferFull {
			c.long = append(c.long, b...)
			continue
		}
		if err != nil && (err != io.EOF || len(b)+len(c.long) == 0) {
			return nil, err
		}
		if len(c.long) > 0 {
			c.long = append(c.long, b...)
			b = c.long
		}
		c.line++
		return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r")), nil
	}
}

// row gives the next line that is neither a comment (#) nor blank. A blank line
// between rows may be a lost number, so it is an error; blank lines may only end a file.
func (c *csvLines) row() ([]byte, error) {
	blank := 0
	for {
		b, err := c.next()
		if err != nil {
			return nil, err
		}
		switch t := bytes.TrimSpace(b); {
		case len(t) == 0 && blank == 0:
			blank = c.line
		case len(t) == 0:
		case blank > 0:
			return nil, fmt.Errorf("line %d is blank and rows follow it; write nan for missing numbers, or delete the line", blank)
		case t[0] != '#':
			return b, nil
		}
	}
}

// detect picks the character between fields: tab, semicolon or comma, the first of
// them that the line has outside quotes; else spaces, as numpy.savetxt writes.
func detect(line []byte) byte {
	seen, quoted := [256]bool{}, false
	for _, b := range line {
		if b == '"' {
			quoted = !quoted
		}
		seen[b] = seen[b] || !quoted
	}
	for _, sep := range []byte("\t;,") {
		if seen[sep] || (quoted && bytes.IndexByte(line, sep) >= 0) { // quoted: a lone quote is text
			return sep
		}
	}
	return ' '
}

// fields splits a line and appends to into. Quotes around a field are taken off; a
// separator between quotes is text. Line breaks in quotes are not supported.
func fields(into [][]byte, line []byte, sep byte) [][]byte {
	if sep == ' ' {
		return append(into, bytes.Fields(line)...)
	}
	for {
		line = bytes.TrimLeft(line, " ")
		end := -1
		if len(line) > 0 && line[0] == '"' {
			for i := 1; i < len(line); i++ {
				if line[i] == '"' {
					if i+1 < len(line) && line[i+1] == '"' {
						i++
						continue
					}
					end = i + 1
					break
				}
			}
		}
		from := max(end, 0)
		n := bytes.IndexByte(line[from:], sep)
		f := line
		if n >= 0 {
			f = line[:from+n]
		}
		into = append(into, unquote(f))
		if n < 0 {
			return into
		}
		line = line[from+n+1:]
	}
}

func unquote(f []byte) []byte {
	f = bytes.TrimSpace(f)
	if len(f) < 2 || f[0] != '"' || f[len(f)-1] != '"' {
		return f
	}
	f = f[1 : len(f)-1]
	if bytes.Contains(f, []byte(`""`)) {
		f = bytes.ReplaceAll(f, []byte(`""`), []byte(`"`))
	}
	return f
}

var errNumber = errors.New("is not a number")

// parseNumber reads a decimal number, or nan, inf, infinity in any case with a sign.
func parseNumber(f []byte, bits int) (float64, error) {
	for _, b := range f {
		if b == '_' || b == 'x' || b == 'X' || b == 'p' || b == 'P' { // Go's own literals
			return 0, errNumber
		}
	}
	s := string(f)
	if strings.EqualFold(s, "-nan") || strings.EqualFold(s, "+nan") {
		s = "nan"
	}
	v, err := strconv.ParseFloat(s, bits)
	if err != nil && (bits == 64 || !errors.Is(err, strconv.ErrRange)) {
		if errors.Is(err, strconv.ErrRange) {
			return 0, errors.New("is larger than float64 holds")
		}
		return 0, errNumber
	}
	return v, nil // beyond float32: Inf
}
