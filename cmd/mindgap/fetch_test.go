package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mindgap/cmd/mindgap/internal/paper"
)

// served is a file in a server of this process, and a downloader for it.
type served struct {
	*downloader
	remote
	data   []byte
	ranges []string // that were asked for
	log    bytes.Buffer
}

// serve answers the n-th request, from 1 on, as answer does; nil: with the file.
func serve(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request, data []byte) bool) *served {
	s := &served{data: bytes.Repeat([]byte("0123456789abcdef"), 20000)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ranges = append(s.ranges, r.Header.Get("Range"))
		if answer == nil || !answer(len(s.ranges), w, r, s.data) {
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(s.data))
		}
	}))
	t.Cleanup(server.Close)
	sum := sha256.Sum256(s.data)
	s.remote = remote{server.URL + "/f", filepath.Join(t.TempDir(), "f"), hex.EncodeToString(sum[:]), int64(len(s.data))}
	s.downloader = &downloader{client: server.Client(), stall: time.Minute, pause: time.Millisecond, attempts: 3, log: slog.New(slog.NewTextHandler(&s.log, nil))}
	return s
}

// arrived checks that the file is there whole and nothing beside it.
func (s *served) arrived(t *testing.T) {
	t.Helper()
	got, err := os.ReadFile(s.path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(s.data, got))
	require.NoFileExists(t, s.path+".part")
}

func TestFetch(t *testing.T) {
	s := serve(t, nil)
	had, err := s.fetch(t.Context(), s.remote)
	require.NoError(t, err)
	require.False(t, had)
	s.arrived(t)
	had, err = s.fetch(t.Context(), s.remote)
	require.NoError(t, err)
	require.True(t, had)
	require.Equal(t, []string{""}, s.ranges, "a good file is not asked for again")
	require.NoError(t, os.WriteFile(s.path, []byte("another"), 0o644))
	_, err = s.fetch(t.Context(), s.remote)
	require.NoError(t, err)
	s.arrived(t)
	require.Contains(t, s.log.String(), "will be replaced")
}

// An answer that ends early is gone on with, within a call and by the next one.
func TestFetchTruncated(t *testing.T) {
	s := serve(t, func(n int, w http.ResponseWriter, r *http.Request, data []byte) bool {
		if n > 1 {
			return false
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(data)))
		w.Write(data[:100000])
		return true // net/http closes the connection
	})
	_, err := s.fetch(t.Context(), s.remote)
	require.NoError(t, err)
	s.arrived(t)
	require.Equal(t, []string{"", "bytes=100000-"}, s.ranges)
	require.Contains(t, s.log.String(), "ended after 100000 of 320000 bytes")

	s = serve(t, func(n int, w http.ResponseWriter, r *http.Request, data []byte) bool {
		if n == 1 {
			w.Write(data[:100000]) // with a right length of its own
			return true
		}
		return false
	})
	s.attempts = 1
	_, err = s.fetch(t.Context(), s.remote)
	require.ErrorContains(t, err, "ended after 100000 of 320000 bytes (1 attempts); a second call goes on from there")
	require.NoFileExists(t, s.path)
	require.FileExists(t, s.path+".part")
	_, err = s.fetch(t.Context(), s.remote)
	require.NoError(t, err)
	s.arrived(t)
	require.Equal(t, []string{"", "bytes=100000-"}, s.ranges)
}

func TestFetchWrongHash(t *testing.T) {
	s := serve(t, func(_ int, w http.ResponseWriter, r *http.Request, data []byte) bool {
		bad := bytes.Clone(data)
		bad[7]++
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(bad))
		return true
	})
	_, err := s.fetch(t.Context(), s.remote)
	require.ErrorContains(t, err, "sha256 is")
	require.NoFileExists(t, s.path)
	require.NoFileExists(t, s.path+".part")
	require.Len(t, s.ranges, 1, "a wrong file is not asked for again")
}

// A part of something else: its continuation has a wrong digest, and all is asked for again.
// So it is when the part is too long, or the server knows no ranges.
func TestFetchForeignPart(t *testing.T) {
	for name, c := range map[string]struct {
		part   int
		ranges []string
		plain  bool
	}{
		"short": {1000, []string{"bytes=1000-", ""}, false},
		"whole": {320000, []string{""}, false},
		"long":  {400000, []string{""}, false},
		"plain": {1000, []string{"bytes=1000-"}, true},
	} {
		s := serve(t, func(_ int, w http.ResponseWriter, r *http.Request, data []byte) bool {
			if c.plain {
				w.Write(data)
			}
			return c.plain
		})
		require.NoError(t, os.WriteFile(s.path+".part", make([]byte, c.part), 0o644))
		_, err := s.fetch(t.Context(), s.remote)
		require.NoError(t, err, name)
		s.arrived(t)
		require.Equal(t, c.ranges, s.ranges, name)
	}
}

func TestFetchRefused(t *testing.T) {
	for status, requests := range map[int]int{http.StatusNotFound: 1, http.StatusForbidden: 1, http.StatusBadGateway: 3} {
		s := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			http.Error(w, "no", status)
			return true
		})
		_, err := s.fetch(t.Context(), s.remote)
		require.ErrorContains(t, err, fmt.Sprintf("the server answers %d %s", status, http.StatusText(status)))
		require.Len(t, s.ranges, requests)
		require.Equal(t, exitUse, exitCode(err))
	}
	s := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request, data []byte) bool {
		w.Write(append(bytes.Clone(data), 1))
		return true
	})
	_, err := s.fetch(t.Context(), s.remote)
	require.ErrorContains(t, err, "longer than 320000 bytes")
	s.url = "http://127.0.0.1:1/f"
	_, err = s.fetch(t.Context(), s.remote)
	require.ErrorContains(t, err, "connection refused")
}

// A server that falls silent ends an attempt; an interrupt ends all, and keeps the part.
func TestFetchStallAndInterrupt(t *testing.T) {
	silent := func(n int, w http.ResponseWriter, r *http.Request, data []byte) bool {
		if n > 1 {
			return false
		}
		w.Write(data[:50000])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		return true
	}
	s := serve(t, silent)
	s.stall = 400 * time.Millisecond
	_, err := s.fetch(t.Context(), s.remote)
	require.NoError(t, err)
	s.arrived(t)
	require.Contains(t, s.log.String(), "no data for 400ms")

	s = serve(t, silent)
	ctx, cancel := context.WithCancel(t.Context())
	size := func() int64 {
		if part, err := os.Stat(s.path + ".part"); err == nil {
			return part.Size()
		}
		return -1
	}
	go func() {
		for size() < 50000 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	_, err = s.fetch(ctx, s.remote)
	require.Equal(t, exitInterrupted, exitCode(err))
	require.NoFileExists(t, s.path)
	require.EqualValues(t, 50000, size())
}

// The command: the authors' own files from a server of this process.
func TestFetchFeatures(t *testing.T) {
	const data = "../../../shared/data"
	if _, err := os.Stat(data); err != nil {
		t.Skip("the authors' feature files are not in ../shared/data")
	}
	server := httptest.NewServer(http.StripPrefix("/f", http.FileServer(http.Dir(data))))
	defer server.Close()
	out := filepath.Join(t.TempDir(), "features")
	code, stdout, stderr := cli(t, nil, "fetch", "features", "--out", out, "--from", server.URL+"/f/")
	require.Zero(t, code, stderr)
	require.Equal(t, 8, strings.Count(stdout, ": downloaded, "), stdout)
	require.Contains(t, stdout, "mindgap reproduce fig1 --features "+out)
	server.Close()
	code, stdout, stderr = cli(t, nil, "fetch", "features", "--out", out, "--from", server.URL, "--json")
	require.Zero(t, code, stderr)
	require.Equal(t, 8, strings.Count(stdout, `"had": true`), stdout)
	entries, err := os.ReadDir(out)
	require.NoError(t, err)
	require.Len(t, entries, len(paper.FeatureFiles))
}

func TestFetchWrongUse(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	for _, c := range []struct{ args, says string }{
		{"fetch nonsense", "nonsense"},
		{"fetch features extra", "extra"},
		{"fetch features --from ftp://x/y --out " + t.TempDir(), "http://"},
		{"fetch features --out " + file, "cannot write"},
		{"fetch features --out " + t.TempDir() + " --from " + server.URL, "features_clip.npy: the server answers 404 Not Found"},
	} {
		code, stdout, stderr := cli(t, nil, strings.Fields(c.args)...)
		require.Equal(t, exitUse, code, stderr)
		require.Empty(t, stdout)
		require.Contains(t, stderr, c.says)
		require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	}
}
