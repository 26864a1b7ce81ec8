package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mindgap/cmd/mindgap/internal/progress"
)

var errStall = errors.New("no data")

// receive asks for what is missing behind the first bytes of f, and writes it there.
func (d *downloader) receive(ctx context.Context, r remote, f *os.File, at int64) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(d.stall, func() { cancel(errStall) })
	defer watch.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Encoding", "identity") // ranges count the file's own bytes
	if at > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", at))
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return d.broken(ctx, err)
	}
	defer resp.Body.Close()
	if at, err = startOf(resp, at); err != nil {
		return err
	}
	if err := f.Truncate(at); err != nil {
		return err
	}
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return err
	}
	d.progress.Start(filepath.Base(r.path), float64(r.bytes), "B")
	d.progress.Add(float64(at))
	buf := make([]byte, 64<<10)
	for {
		n, err := resp.Body.Read(buf)
		watch.Reset(d.stall)
		if at += int64(n); at > r.bytes {
			return errors.Join(fmt.Errorf("it is longer than %d bytes; the download is discarded", r.bytes), f.Truncate(0))
		}
		if _, err := f.Write(buf[:n]); err != nil {
			return err
		}
		d.progress.Add(float64(n))
		switch {
		case err == nil:
		case err == io.EOF && at == r.bytes:
			return nil
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return passing{fmt.Errorf("the answer ended after %d of %d bytes", at, r.bytes)}
		default:
			return d.broken(ctx, err)
		}
	}
}

// startOf says at which byte an answer begins, at being the one that was asked for.
func startOf(resp *http.Response, at int64) (int64, error) {
	switch code := resp.StatusCode; {
	case code == http.StatusOK: // the whole file
		return 0, nil
	case code == http.StatusPartialContent && at > 0 && strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", at)):
		return at, nil
	case code >= 500, code == http.StatusTooManyRequests, code == http.StatusRequestTimeout:
		return 0, passing{fmt.Errorf("the server answers %s", resp.Status)}
	}
	return 0, fmt.Errorf("the server answers %s", resp.Status)
}

// broken says what happened to a connection.
func (d *downloader) broken(ctx context.Context, err error) error {
	if context.Cause(ctx) == errStall {
		return passing{fmt.Errorf("no data for %s", progress.Duration(d.stall))}
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the address, which the caller names
	}
	return passing{err}
}
