package embed

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestListPictures(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.png", "a.JPG", "b/2.webp", "b/10.gif", "b-c/x.bmp", "notes.txt", ".hidden.png", ".git/x.png"} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(name), 0o644))
	}
	p, err := ListPictures(dir)
	require.NoError(t, err)
	require.Equal(t, []string{"a.JPG", "b-c/x.bmp", "b.png", "b/10.gif", "b/2.webp"}, p.Names)
	require.Equal(t, []int64{5, 9, 5, 8, 8}, p.Sizes, "the lengths of the names, which are the contents")
}

func TestListPicturesFollowsLinks(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(other, "x.png"), []byte("12345"), 0o644))
	if err := os.Symlink(other, filepath.Join(dir, "link")); err != nil {
		t.Skip("this system has no links: ", err)
	}
	require.NoError(t, os.Symlink(filepath.Join(other, "gone.png"), filepath.Join(dir, "gone.png")))
	p, err := ListPictures(dir)
	require.NoError(t, err)
	require.Equal(t, []string{"gone.png", "link/x.png"}, p.Names)
	require.Equal(t, []int64{0, 5}, p.Sizes)
	_, err = p.open(0)
	require.ErrorContains(t, err, "gone.png")

	require.NoError(t, os.Symlink(dir, filepath.Join(dir, "back")))
	_, err = ListPictures(dir)
	require.ErrorContains(t, err, "does a link lead back?")
}

func TestListPicturesRefuses(t *testing.T) {
	dir := t.TempDir()
	_, err := ListPictures(dir)
	require.EqualError(t, err, dir+": no images in this folder or below it (files that end in .jpg .jpeg .png .webp .bmp .gif)")
	_, err = ListPictures(filepath.Join(dir, "none"))
	require.ErrorContains(t, err, "none: cannot be listed: ")
}
