package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// readCOCO reads a captions file element by element: the arrays images and annotations, in
// either order. What else is in it is passed over.
func readCOCO(file string, r io.Reader) (*cocoIndex, error) {
	c := &cocoIndex{file: file, byID: map[int64]*cocoImage{}}
	d := json.NewDecoder(r)
	err := object(d, func(key string) error {
		switch key {
		case "images":
			return array(d, func() error { return c.image(d) })
		case "annotations":
			return array(d, func() error { return c.annotation(d) })
		}
		return pass(d)
	})
	if err != nil {
		return nil, because(file, fmt.Sprintf("byte %d", d.InputOffset()), "read COCO's captions", err)
	}
	return c, nil
}

// image reads one element of the array images.
func (c *cocoIndex) image(d *json.Decoder) error {
	var e struct {
		ID   *int64 `json:"id"`
		Name string `json:"file_name"`
		URL  string `json:"coco_url"`
	}
	if err := d.Decode(&e); err != nil {
		return err
	}
	if e.ID == nil {
		return failAt(c.file, fmt.Sprintf("element %d of images", len(c.images)), "no id")
	}
	row := fmt.Sprintf("image %d", *e.ID)
	if err := local(e.Name); err != nil {
		return &Error{File: c.file, Row: row, Msg: err.Error()}
	}
	m := c.get(*e.ID)
	if m.name != "" {
		return failAt(c.file, row, "the array images has this id twice")
	}
	m.name = e.Name
	c.images = append(c.images, m)
	if len(c.images) == 1 {
		c.folder = lastFolder(e.URL)
	}
	return nil
}

// annotation reads one element of the array annotations.
func (c *cocoIndex) annotation(d *json.Decoder) error {
	var e struct {
		ID      int64   `json:"id"`
		Image   *int64  `json:"image_id"`
		Caption *string `json:"caption"`
	}
	if err := d.Decode(&e); err != nil {
		return err
	}
	row := fmt.Sprintf("annotation %d", e.ID)
	switch {
	case e.Image == nil:
		return failAt(c.file, row, "no image_id")
	case e.Caption == nil:
		return failAt(c.file, row, "no caption; captions are in annotations/captions_*.json")
	case strings.TrimSpace(*e.Caption) == "":
		return failAt(c.file, row, "the caption of image %d is empty; write one or remove the annotation", *e.Image)
	}
	m := c.get(*e.Image)
	if len(m.captions) == 0 {
		m.caption = e.ID
		c.first = append(c.first, m)
	}
	m.captions = append(m.captions, *e.Caption)
	return nil
}

func (c *cocoIndex) get(id int64) *cocoImage {
	m := c.byID[id]
	if m == nil {
		m = &cocoImage{id: id}
		c.byID[id] = m
	}
	return m
}

// object calls each for every key of a JSON object; each reads the value.
func object(d *json.Decoder, each func(key string) error) error {
	if err := expect(d, '{', "an object"); err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if err := each(key.(string)); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// array calls each for every element of a JSON array; each reads it.
func array(d *json.Decoder, each func() error) error {
	if err := expect(d, '[', "an array"); err != nil {
		return err
	}
	for d.More() {
		if err := each(); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func expect(d *json.Decoder, want json.Delim, what string) error {
	t, err := d.Token()
	if err == nil && t != want {
		err = errors.New("not " + what)
	}
	return err
}

// pass reads over a value, whatever its size.
func pass(d *json.Decoder) error {
	depth := 0
	for {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}
