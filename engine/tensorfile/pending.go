package tensorfile

import (
	"bufio"
	"errors"
	"io"
	"os"
)

// pending is a file that is being written under another name. Its first error sticks.
type pending struct {
	name   string // as the caller named it
	target string // where it goes: name with links followed
	pipe   bool   // the target is a pipe, a device or standard output: bytes are copied to it
	f      *os.File
	w      *bufio.Writer
	err    error
	done   bool // the temporary file is gone: renamed or removed
}

var errAborted = errors.New("the writer was aborted")

func (p *pending) Write(b []byte) (int, error) {
	if !p.usable() {
		return 0, p.err
	}
	n, err := p.w.Write(b)
	p.fault("write", err)
	return n, p.err
}

// usable says whether bytes can still be written; err says why not.
func (p *pending) usable() bool {
	if p.err == nil && p.done {
		p.err = fail(p.name, "the writer is closed")
	}
	return p.err == nil
}

// fault keeps the first error, with the file named, and removes the temporary file:
// a full disk has its room back before the caller hears of it.
func (p *pending) fault(doing string, err error) {
	if p.err == nil && err != nil {
		p.err = because(p.name, doing, err)
		p.discard()
	}
}

func (p *pending) discard() error {
	if p.done {
		return nil
	}
	p.done = true
	p.f.Close()
	return os.Remove(p.f.Name())
}

// overwrite puts b at offset off of the file.
func (p *pending) overwrite(b []byte, off int64) {
	if !p.usable() {
		return
	}
	if p.fault("write", p.w.Flush()); p.err == nil {
		_, err := p.f.WriteAt(b, off)
		p.fault("write", err)
	}
}

// commit gives the file its name. After an error, this one or an earlier, nothing is
// left behind and the target is as it was.
func (p *pending) commit() error {
	if p.done || p.err != nil {
		return p.err
	}
	if p.fault("write", p.w.Flush()); p.err != nil {
		return p.err
	}
	if p.pipe {
		p.fault("write", p.pour())
		p.discard()
		return p.err
	}
	if p.fault("write", p.f.Sync()); p.err != nil {
		return p.err
	}
	p.done = true
	err := p.f.Close()
	if err == nil {
		err = os.Rename(p.f.Name(), p.target)
	}
	if err != nil {
		os.Remove(p.f.Name())
		p.err = because(p.name, "rename the finished file", err)
	}
	return p.err
}

// pour copies the bytes to a target that cannot be renamed to.
func (p *pending) pour() error {
	to := os.Stdout
	if p.name != "-" {
		var err error
		if to, err = os.OpenFile(p.target, os.O_WRONLY, 0); err != nil {
			return err
		}
		defer to.Close()
	}
	if _, err := p.f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(to, p.f)
	return err
}

// abort removes the file; the target is as it was. After commit it does nothing.
func (p *pending) abort() error {
	if p.done {
		return nil
	}
	p.err = &Error{File: p.name, Msg: "the writer was aborted", Err: errAborted}
	return because(p.name, "remove the temporary file", p.discard())
}
