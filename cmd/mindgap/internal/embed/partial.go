package embed

import (
	"bufio"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
	"os"
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
	Index int    `json:"index"`
	Name  string `json:"name"`
	Why   string `json:"why"`
}

const (
	isRow = 1
	isBad = 2
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// size is the length of a record.
func (p *partial) size() int { return 8 + 4*p.width }

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
