package dataset

import (
	"encoding/binary"
	"io"
	"os"
)

// An IDX file is a magic number (two zero bytes, 8 for bytes, the number of dimensions), the
// dimensions as big-endian 32-bit numbers, and the bytes. MNIST and Fashion-MNIST are a file
// of images (3 dimensions) and one of labels (1), each gzipped or plain.
// Source: yann.lecun.com/exdb/mnist.

// idxSide bounds the sides of an image, idxLabels the number of labels.
const (
	idxSide   = 1 << 12
	idxLabels = 1 << 26
)

// idxHead is the header of a file of images.
type idxHead struct{ n, height, width uint32 }

func openIDXImages(file string) (io.ReadCloser, idxHead, error) {
	var h idxHead
	r, closer, size, err := openIDXFile(file, 3)
	if err != nil {
		return nil, h, err
	}
	var dims [3]uint32
	err = binary.Read(r, binary.BigEndian, &dims)
	h = idxHead{dims[0], dims[1], dims[2]}
	switch {
	case err != nil:
		err = because(file, "", "read the header", err)
	case h.width == 0 || h.height == 0 || h.width > idxSide || h.height > idxSide:
		err = fail(file, "images of %d x %d; want 1 to %d a side", h.height, h.width, idxSide)
	case size >= 0 && size != 16+int64(h.n)*int64(h.width)*int64(h.height):
		err = fail(file, "the header says %d images of %d x %d, and the file has %d bytes after it; copy it again", h.n, h.height, h.width, max(size-16, 0))
	}
	if err != nil {
		closer.Close()
		return nil, h, err
	}
	return struct {
		io.Reader
		io.Closer
	}{r, closer}, h, nil
}

// openIDXFile opens a file and reads its magic number. size is that of the file, or -1 where
// it is gzipped.
func openIDXFile(file string, dims byte) (io.Reader, io.Closer, int64, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, 0, because(file, "", "open", err)
	}
	r, zipped, err := unzipped(f)
	var magic [4]byte
	if err == nil {
		_, err = io.ReadFull(r, magic[:])
	}
	if err == nil && magic != [4]byte{0, 0, 8, dims} {
		err = fail(file, "begins with % x; an IDX file of bytes in %d dimensions begins with 00 00 08 %02x", magic, dims, dims)
	}
	size := int64(-1)
	if err == nil && !zipped {
		info, e := f.Stat()
		if err = e; e == nil {
			size = info.Size()
		}
	}
	if err != nil {
		f.Close()
		return nil, nil, 0, because(file, "", "read the header", err)
	}
	return r, f, size, nil
}

// readIDXLabels reads a file of labels whole: as many bytes as there are, at most idxLabels.
func readIDXLabels(file string) ([]byte, error) {
	r, closer, _, err := openIDXFile(file, 1)
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	var n uint32
	if err := binary.Read(r, binary.BigEndian, &n); err != nil {
		return nil, because(file, "", "read the header", err)
	}
	if n > idxLabels {
		return nil, fail(file, "%d labels; at most %d are expected", n, idxLabels)
	}
	labels, err := io.ReadAll(io.LimitReader(r, int64(n)+1)) // grows as the bytes come
	if err != nil {
		return nil, because(file, "", "read labels", err)
	}
	if len(labels) != int(n) {
		return nil, fail(file, "the header says %d labels, and the file has %d; copy it again", n, len(labels))
	}
	return labels, nil
}
