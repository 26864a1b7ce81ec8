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
	"math"
	"os"
	"strings"
)

// partial is the file of a run that is under way: a line of JSON that says of which, then a
// record for each input that is done, in order:
//
//	CRC-32C of what follows | 1: a row, 2: a bad input | the row's float32, or why it is bad
//
// All numbers are little-endian, all records of one length. What a crash left half written
// fails its checksum and is done again.
type partial struct {
	file    *os.File
	head    int64 // bytes of the first line
	width   int
	done    int // records
	had     int // of them from an earlier run
	bad     []Bad
	scratch []byte
}

// Bad is an input that could not be read.
type Bad struct {
	Index int
	Name  string
	Why   string
}

const (
	isRow = 1
	isBad = 2
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

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

// size is the length of a record.
func (p *partial) size() int { return 8 + 4*p.width }

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

// row adds a row to what keep writes.
func (p *partial) row(values []float32) {
	b := make([]byte, 0, p.size())
	b = append(b, make([]byte, 8)...)
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	p.add(isRow, b)
}

// badInput adds an input that has no row.
func (p *partial) badInput(why string) {
	b := make([]byte, p.size())
	copy(b[8:], why)
	p.bad = append(p.bad, Bad{Index: p.done + len(p.scratch)/p.size(), Why: why})
	p.add(isBad, b)
}

func (p *partial) add(kind uint32, record []byte) {
	binary.LittleEndian.PutUint32(record[4:], kind)
	binary.LittleEndian.PutUint32(record, crc32.Checksum(record[4:], castagnoli))
	p.scratch = append(p.scratch, record...)
}

// keep writes what was added, so that a crash of the system does not lose it.
func (p *partial) keep() error {
	if len(p.scratch) == 0 {
		return nil
	}
	_, err := p.file.WriteAt(p.scratch, p.head+int64(p.done)*int64(p.size()))
	if err == nil {
		err = p.file.Sync()
	}
	if err != nil {
		return cannot("write", p.file.Name(), err)
	}
	p.done += len(p.scratch) / p.size()
	p.scratch = p.scratch[:0]
	return nil
}

// rows calls f with every row that was kept, in order; the slice is used again.
func (p *partial) rows(f func(row []float32) error) error {
	r := bufio.NewReaderSize(io.NewSectionReader(p.file, p.head, int64(p.done)*int64(p.size())), 1<<20)
	b, row := make([]byte, p.size()), make([]float32, p.width)
	for range p.done {
		if _, err := io.ReadFull(r, b); err != nil {
			return cannot("read", p.file.Name(), err)
		}
		if binary.LittleEndian.Uint32(b[4:]) == isBad {
			continue
		}
		for i := range row {
			row[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[8+4*i:]))
		}
		if err := f(row); err != nil {
			return err
		}
	}
	return nil
}

// close leaves the file for a later run, or removes it: when finished, or where it has no row.
func (p *partial) close(finished bool) {
	p.file.Close()
	if finished || p.done == 0 {
		os.Remove(p.file.Name())
	}
}
