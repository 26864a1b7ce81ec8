package progress

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// clock is a time that a test moves.
func clock(l *Line) *time.Time {
	t := time.Unix(0, 0)
	l.now = func() time.Time { return t }
	return &t
}

func TestLogGetsALineEveryTenSeconds(t *testing.T) {
	var out bytes.Buffer
	l := New(&out)
	now := clock(l)
	l.Start("thm1", 100, "draws")
	for range 50 {
		*now = now.Add(time.Second)
		l.Add(1)
	}
	l.Stop()
	require.Equal(t, 5, bytes.Count(out.Bytes(), []byte("\n")))
	require.Contains(t, out.String(), "thm1   10 %  1 draws/s  1m30s left\n")
	require.NotContains(t, out.String(), "\x1b")
}

// Pieces that each take less than ten seconds, and do not say how far they are, are named now and then.
func TestLogOfShortPieces(t *testing.T) {
	var out bytes.Buffer
	l := New(&out)
	now := clock(l)
	for i := range 9 {
		l.Start(fmt.Sprint("piece ", i), 0, "")
		*now = now.Add(4 * time.Second)
	}
	l.Stop()
	require.Equal(t, "piece 3\npiece 6\n", out.String())
}

func TestTerminalRedrawsOneLine(t *testing.T) {
	var out bytes.Buffer
	l := New(&out)
	l.terminal, l.every, l.width = true, 0, func() int { return 20 }
	now := clock(l)
	l.Start("a name that is longer than the terminal", 10, "rows")
	*now = now.Add(time.Second)
	l.Add(5)
	_, err := l.Write([]byte("a message\n"))
	require.NoError(t, err)
	l.Stop()
	require.Contains(t, out.String(), "\r\x1b[Ka message\n\r\x1b[K")
	for _, part := range bytes.Split(out.Bytes(), []byte("\r\x1b[K")) {
		require.LessOrEqual(t, len(part), 19)
	}
}

func TestNilWritesNothing(t *testing.T) {
	var l *Line
	l.Start("x", 1, "")
	l.Add(1)
	l.Stop()
}
