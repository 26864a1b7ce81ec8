package embed

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"strings"
)

// partialHead is the first line.
type partialHead struct {
	Format string `json:"mindgap"`
	Key
	Width int `json:"width"`
	Count int `json:"count"` // of inputs
}

const (
	partialFormat = "embed 1"
	partialBegins = `{"mindgap":"embed `
)

// openPartial goes on with the file of an earlier run of the same key, or begins one; restart
// begins anew in any case.
func openPartial(path string, h partialHead, restart bool) (*partial, error) {
	flags := os.O_RDWR | os.O_CREATE
	if restart {
		flags |= os.O_TRUNC
	}
	f, err := os.OpenFile(path, flags, 0o666)
	if err != nil {
		return nil, cannot("write", path, err)
	}
	p := &partial{file: f, width: h.Width}
	h.Format = partialFormat
	if err := p.begin(path, h); err != nil {
		f.Close()
		return nil, err
	}
	return p, nil
}

func cannot(do, path string, err error) error {
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		err = cause.Err
	}
	return fmt.Errorf("cannot %s %s: %w", do, path, err)
}

// begin reads the first line and the records behind it, or writes the first line.
func (p *partial) begin(path string, h partialHead) error {
	r := bufio.NewReaderSize(p.file, 1<<20)
	line, err := r.ReadSlice('\n')
	if err == io.EOF && bytes.HasPrefix([]byte(partialBegins), line[:min(len(line), len(partialBegins))]) {
		return p.fresh(path, h) // empty, or cut off within its first line
	}
	var old partialHead
	if err != nil || json.Unmarshal(line, &old) != nil || old.Format != partialFormat {
		return fmt.Errorf("%s: is in the way and was not left by this command; move it, or name another --out", path)
	}
	what := h.other(old.Key)
	if what == "" && (h.Width != old.Width || h.Count != old.Count) {
		what = "list of inputs"
	}
	if what != "" {
		return fmt.Errorf("%s: holds the rows of an interrupted run with another %s; finish that run, or begin anew with --restart", path, what)
	}
	p.head = int64(len(line))
	return p.recover(r, h.Count)
}

func (p *partial) fresh(path string, h partialHead) error {
	line, err := json.Marshal(h)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if err = p.file.Truncate(0); err == nil {
		_, err = p.file.WriteAt(line, 0)
	}
	if err != nil {
		return cannot("write", path, err)
	}
	p.head = int64(len(line))
	return nil
}

// recover counts the whole records and cuts off what is behind them.
func (p *partial) recover(r io.Reader, count int) error {
	b := make([]byte, p.size())
	for p.done < count {
		if _, err := io.ReadFull(r, b); err != nil {
			break
		}
		kind := binary.LittleEndian.Uint32(b[4:])
		if binary.LittleEndian.Uint32(b) != crc32.Checksum(b[4:], castagnoli) || kind != isRow && kind != isBad {
			break
		}
		if kind == isBad {
			p.bad = append(p.bad, Bad{Index: p.done, Why: strings.ToValidUTF8(string(bytes.TrimRight(b[8:], "\x00")), "")})
		}
		p.done++
	}
	p.had = p.done
	return p.file.Truncate(p.head + int64(p.done)*int64(p.size()))
}
