package dataset

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// kind is one kind of data set: its name in a spec, what it is recognised by, and its options.
type kind struct {
	name    string
	looks   string // what a path of this kind is or has, for errors
	options string
	is      func(path string) bool // nil: only by name
	open    func(path string, o Options) (Set, error)
}

// kinds is every kind of data set, the most particular first.
var kinds = []kind{
	{"coco", "annotations/captions_*.json", "split order images", isCOCO, openCOCO},
	{"cifar10", "cifar-10-batches-bin, cifar-10-batches-py or an archive of them", "split",
		func(p string) bool { return isCIFAR(cifarKinds[0], p) },
		func(p string, o Options) (Set, error) { return openCIFAR(cifarKinds[0], p, o) }},
	{"cifar100", "cifar-100-binary, cifar-100-python or an archive of them", "split",
		func(p string) bool { return isCIFAR(cifarKinds[1], p) },
		func(p string, o Options) (Set, error) { return openCIFAR(cifarKinds[1], p, o) }},
	{"svhn", "*_32x32.mat", "split", isSVHN, openSVHN},
	{"eurosat", "folders AnnualCrop to SeaLake", "", func(p string) bool { return eurosatRoot(p) != "" }, openEuroSAT},
	{"hatefulmemes", "dev_seen.jsonl", "split images", isMemes, openMemes},
	{"fairface", "fairface_label_*.csv", "split images", isFairFace, openFairFace},
	{"fashion", "t10k-images-idx3-ubyte in a folder called fashion", "split",
		func(p string) bool { return isIDX(p) && called(p, "fashion") },
		func(p string, o Options) (Set, error) { return openIDX(FashionMNIST(), p, o) }},
	{"mnist", "t10k-images-idx3-ubyte in a folder called mnist", "split",
		func(p string) bool { return isIDX(p) && called(p, "mnist") },
		func(p string, o Options) (Set, error) { return openIDX(MNIST(), p, o) }},
	{"idx", "*-images-idx3-ubyte, gzipped or plain", "split", isIDX,
		func(p string, o Options) (Set, error) { return openIDX(named("IDX", nil), p, o) }},
	{"captions", "captions.txt, captions.tsv or captions.csv", "images label group", isCaptions, openCaptions},
	{"scenes", "captions.txt and labels.csv", "images label group", nil, openCaptions},
	{"wds", "*.tar, *.tar.gz, or - for standard input", "split names", isWebdataset, openWebdataset},
	{"imagenet", "one sub-folder for each class", "names", isImageFolder, openImageFolder},
}

// Open opens a data set. spec is a path whose content says what it is, or names the kind, as
// in coco:DIR, cifar10:DIR, svhn:FILE, wds:FILE.tar:
//
//	coco          captions_*.json of COCO with its images
//	cifar10       binary or python version, unpacked or in its archive; likewise cifar100
//	svhn          cropped digits, *_32x32.mat
//	eurosat       RGB images
//	hatefulmemes  *.jsonl with img
//	fairface      fairface_label_*.csv with its images
//	mnist         IDX files; likewise fashion, and idx for others
//	captions      a folder or file of captions, see below; scenes is the same
//	wds           webdataset archives: a file, a folder, a pattern {000..012}, or - (standard input)
//	imagenet      a folder with one sub-folder for each class
//	folder        captions where the folder has a file of captions, else imagenet
//
// A file of captions has lines of name, tab, caption, or is csv with a header such as
// image,caption. Nothing of a picture is read before Example.Image.
func Open(spec string, o Options) (Set, error) {
	if name, path, ok := strings.Cut(spec, ":"); ok && path != "" {
		if name == "folder" {
			name = "imagenet"
			if isCaptions(path) {
				name = "captions"
			}
		}
		if i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name }); i >= 0 {
			return kinds[i].opened(path, o)
		}
	}
	if spec == "" {
		return nil, fail(`""`, "a data set needs a path, or a kind and a path such as coco:DIR")
	}
	if _, err := os.Stat(spec); errors.Is(err, fs.ErrNotExist) && spec != "-" && !braces.MatchString(spec) {
		return nil, because(spec, "", "open a data set", err)
	}
	for _, k := range kinds {
		if k.is != nil && k.is(spec) {
			return k.opened(spec, o)
		}
	}
	return nil, fail(spec, "no data set that is known; looked for %s. Name the kind, as in coco:DIR, if it is one", looked())
}

// opened opens a path of this kind, which has to have the options that are given.
func (k kind) opened(path string, o Options) (Set, error) {
	for _, name := range o.given() {
		if !slices.Contains(strings.Fields(k.options), name) {
			return nil, fail(path, "the option %s means nothing for %s; leave it away", name, k.name)
		}
	}
	if path != "-" && !braces.MatchString(path) {
		if _, err := os.Stat(path); err != nil {
			return nil, because(path, "", "open "+k.name, err)
		}
	}
	return k.open(path, o)
}

// looked lists what a path is recognised by.
func looked() string {
	var all []string
	for _, k := range kinds {
		if k.is != nil {
			all = append(all, k.looks+" ("+k.name+")")
		}
	}
	return strings.Join(all, ", ")
}

// called says whether a part of a path has a word in it.
func called(path, word string) bool {
	full, err := filepath.Abs(path)
	return err == nil && strings.Contains(strings.ToLower(full), word)
}
