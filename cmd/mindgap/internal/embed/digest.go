package embed

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// weightsDigest is the SHA-256 of a checkpoint's bytes; of an index, of its shards' too.
func weightsDigest(path string, index bool) (string, error) {
	h := sha256.New()
	if err := addFile(h, path); err != nil {
		return "", err
	}
	if index {
		data, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		var list struct {
			Map map[string]string `json:"weight_map"`
		}
		if err := json.Unmarshal(data, &list); err != nil {
			return "", fmt.Errorf("%s: %w", path, err)
		}
		files := slices.Sorted(maps.Values(list.Map))
		for _, f := range slices.Compact(files) {
			if err := addFile(h, filepath.Join(filepath.Dir(path), filepath.FromSlash(f))); err != nil {
				return "", err
			}
		}
	}
	return hexDigest(h), nil
}

func addFile(h hash.Hash, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(h, f)
	return err
}

func hexDigest(h hash.Hash) string { return "sha256:" + hex.EncodeToString(h.Sum(nil)) }
