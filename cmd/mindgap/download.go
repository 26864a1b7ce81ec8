package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"mindgap/cmd/mindgap/internal/progress"
)

// remote is a file in the net that is known to the last bit.
type remote struct {
	url, path string // where it is, and where it goes
	sha256    string
	bytes     int64
}

// downloader fetches remotes. What has arrived lies in PATH.part, from where the next attempt
// or call goes on; PATH appears at once, when all of it is there and its digest is right.
type downloader struct {
	client   *http.Client
	stall    time.Duration // without a byte for so long, an attempt is over
	pause    time.Duration // before the second attempt; twice that before the third
	attempts int
	log      *slog.Logger
	progress *progress.Line
}

func newDownloader(a *app) *downloader {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DialContext = (&net.Dialer{Timeout: 15 * time.Second}).DialContext
	t.ResponseHeaderTimeout = 30 * time.Second
	return &downloader{
		client: &http.Client{Transport: t}, stall: 30 * time.Second, pause: time.Second, attempts: 3,
		log: a.log, progress: a.progress,
	}
}

// passing is a failure that another attempt may mend.
type passing struct{ error }

func (p passing) Unwrap() error { return p.error }

// fetch brings a file; had says that it was there already.
func (d *downloader) fetch(ctx context.Context, r remote) (had bool, err error) {
	sum, err := fileSHA256(r.path)
	switch {
	case err == nil && sum == r.sha256:
		return true, nil
	case err == nil:
		d.log.Warn(r.path + " is another file (sha256 " + sum + "); it will be replaced")
	case !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	for attempt := 1; ; attempt++ {
		err := d.attempt(ctx, r)
		if err == nil {
			return false, nil
		}
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		if !errors.As(err, new(passing)) {
			return false, fmt.Errorf("%s: %w", r.url, err)
		}
		if attempt == d.attempts {
			return false, fmt.Errorf("%s: %w (%d attempts); a second call goes on from there", r.url, err, attempt)
		}
		d.log.Warn(fmt.Sprintf("%s: %v; trying again", r.url, err))
		select {
		case <-time.After(d.pause << (attempt - 1)):
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
	}
}

// attempt goes on where the part ends, and gives the file its name when it is whole.
func (d *downloader) attempt(ctx context.Context, r remote) error {
	part := r.path + ".part"
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	at, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if at > r.bytes {
		at = 0
	}
	if at < r.bytes {
		if err := d.receive(ctx, r, f, at); err != nil {
			return err
		}
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	sum, err := fileSHA256(part)
	if err != nil {
		return err
	}
	if sum == r.sha256 {
		return os.Rename(part, r.path)
	}
	os.Remove(part)
	err = fmt.Errorf("its sha256 is %s, want %s; the download is discarded", sum, r.sha256)
	if at > 0 { // the part may have been of something else
		return passing{err}
	}
	return err
}

// fileSHA256 is the digest of a file, in hexadecimal.
func fileSHA256(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
