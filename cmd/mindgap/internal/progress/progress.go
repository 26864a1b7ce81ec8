// Package progress tells people what a long command is doing: one redrawn line on a
// terminal, a plain line every ten seconds elsewhere (a job's log).
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// Line writes progress. A nil *Line writes nothing. It is safe for several goroutines.
type Line struct {
	mu       sync.Mutex
	w        io.Writer
	terminal bool
	width    func() int
	now      func() time.Time
	every    time.Duration

	what    string
	note    string
	done    float64
	total   float64
	unit    string
	began   time.Time
	printed time.Time
	drawn   bool
}

// New writes progress to w; a *os.File that is a terminal gets the redrawn line.
func New(w io.Writer) *Line {
	l := &Line{w: w, now: time.Now, every: 10 * time.Second}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		l.terminal, l.every = true, 100*time.Millisecond
		l.width = func() int {
			if n, _, err := term.GetSize(int(f.Fd())); err == nil {
				return n
			}
			return 80
		}
	}
	return l
}

// Start begins a piece of work of total units; 0 when nobody knows.
func (l *Line) Start(what string, total float64, unit string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.what, l.note, l.done, l.total, l.unit = what, "", 0, total, unit
	l.began = l.now()
	switch {
	case l.terminal:
		l.draw()
	case l.printed.IsZero():
		l.printed = l.began
	case l.began.Sub(l.printed) >= l.every: // of a long row of short pieces, whichever is begun now
		l.draw()
	}
}

// Add says that n more units are done.
func (l *Line) Add(n float64) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done += n
	if l.now().Sub(l.printed) >= l.every {
		l.draw()
	}
}

// Note puts a few words on the line, such as what the last look at a run showed.
func (l *Line) Note(text string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.note = text
}

// Terminal reports whether people see the line redrawn; else plain lines go to a log.
func (l *Line) Terminal() bool { return l != nil && l.terminal }

// Stop clears the line; what was done is the caller's to report.
func (l *Line) Stop() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clear()
	l.what = ""
}

// Write lets a log share the terminal: the line is cleared, the text written, and the line
// drawn again below it.
func (l *Line) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clear()
	n, err := l.w.Write(p)
	if l.terminal && l.what != "" {
		l.draw()
	}
	return n, err
}

func (l *Line) clear() {
	if l.drawn {
		fmt.Fprint(l.w, "\r\x1b[K")
		l.drawn = false
	}
}

func (l *Line) draw() {
	l.printed = l.now()
	text := l.text()
	if !l.terminal {
		fmt.Fprintln(l.w, text)
		return
	}
	if r, n := []rune(text), l.width()-1; len(r) > n && n > 0 {
		text = string(r[:n])
	}
	fmt.Fprint(l.w, "\r\x1b[K"+text)
	l.drawn = true
}

// text says what, how far, how fast, and how long still.
func (l *Line) text() string {
	parts := []string{l.what}
	seconds := l.now().Sub(l.began).Seconds()
	rate := 0.0
	if seconds > 0 {
		rate = l.done / seconds
	}
	if l.total > 0 {
		parts = append(parts, fmt.Sprintf("%3.0f %%", 100*l.done/l.total))
	}
	if l.note != "" {
		parts = append(parts, l.note)
	}
	if rate > 0 {
		parts = append(parts, fmt.Sprintf("%s %s/s", Count(rate), l.unit))
		if l.total > l.done {
			left := time.Duration((l.total - l.done) / rate * float64(time.Second))
			parts = append(parts, Duration(left)+" left")
		}
	}
	return strings.Join(parts, "  ")
}

// Count writes a number in three digits: 1.25M.
func Count(x float64) string {
	for _, s := range []struct {
		by   float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if x >= s.by {
			return fmt.Sprintf("%.3g%s", x/s.by, s.name)
		}
	}
	return fmt.Sprintf("%.3g", x)
}

// Duration rounds to what a reader needs: 850ms, 12s, 3m20s.
func Duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
