#!/usr/bin/env python3
"""Makes the small data sets of the tests, each laid out and written as its publisher does it.

Needs numpy, scipy and Pillow; run it in this folder. CIFAR's python version is made by
make_cifar.py, which needs Python 2.7. Pixels follow formulas that the tests repeat:

    raw    p(n, y, x, c) = (7 n + 3 y + 5 x + 11 c) mod 256
    JPEG   one colour per image, colour(n) = (40 n mod 256, 255 - 30 n mod 256, 20 n mod 256)
"""
import gzip
import io
import json
import os
import struct
import tarfile

import numpy as np
import scipy.io
from PIL import Image


def pixels(n, height=32, width=32, channels=3):
    y, x, c = np.ogrid[:height, :width, :channels]
    return ((7 * n + 3 * y + 5 * x + 11 * c) % 256).astype(np.uint8)


def picture(n, kind="JPEG", size=(24, 16)):
    colour = (40 * n % 256, (255 - 30 * n) % 256, 20 * n % 256)
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return out.getvalue()


def write(path, data):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def archive(path, members):
    """A tar of name, bytes pairs, reproducible; gzipped by its name."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as t:
        for name, data in members:
            info = tarfile.TarInfo(name)
            if data is None:
                info.type, info.mode = tarfile.DIRTYPE, 0o755
                t.addfile(info)
                continue
            data = data if isinstance(data, bytes) else data.encode()
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    data = raw.getvalue()
    write(path, gzip.compress(data, mtime=0) if path.endswith("gz") else data)


def coco():
    ids = [397133, 37777, 252219, 87038]
    images = [{"license": 4, "file_name": "%012d.jpg" % i,
               "coco_url": "http://images.cocodataset.org/val2017/%012d.jpg" % i,
               "height": 16, "width": 24, "date_captured": "2013-11-14 17:02:52",
               "flickr_url": "http://farm7.staticflickr.com/%d_z.jpg" % i, "id": i} for i in ids]
    captions = [(252219, 38, "A man with a red helmet on a small moped on a dirt road. "),
                (37777, 182, "A kitchen with a stove."),
                (252219, 401, "Man riding a motor bike on a dirt road\n"),
                (397133, 479, "Caf\u00e9 tables under trees \u2013 nobody there."),
                (37777, 1475, "The last caption of the kitchen")]
    write("coco/annotations/captions_val2017.json", json.dumps({
        "info": {"description": "COCO 2017 Dataset", "year": 2017, "nested": [{"a": [1, {}]}]},
        "licenses": [{"url": "http://creativecommons.org/licenses/by-nc-sa/2.0/", "id": 1, "name": "x"}],
        "images": images,
        "annotations": [{"image_id": i, "id": k, "caption": c} for i, k, c in captions]}))
    for n, i in enumerate(ids):
        write("coco/val2017/%012d.jpg" % i, picture(n))


def cifar():
    def record(n, *labels):
        return bytes(labels) + pixels(n).transpose(2, 0, 1).tobytes()
    ten = [("cifar-10-batches-bin", None), ("cifar-10-batches-bin/batches.meta.txt", "airplane\nautomobile\n")]
    for b in (1, 3, 2, 5, 4):  # the published archive is not in order either
        ten.append(("cifar-10-batches-bin/data_batch_%d.bin" % b, record(b, b + 2)))
    ten.append(("cifar-10-batches-bin/test_batch.bin", record(10, 3) + record(11, 9) + record(12, 0)))
    archive("cifar-10-binary.tar.gz", ten)
    archive("cifar-100-binary.tar.gz", [("cifar-100-binary", None),
            ("cifar-100-binary/fine_label_names.txt", "apple\n"),
            ("cifar-100-binary/train.bin", record(1, 11, 19) + record(2, 15, 29)),
            ("cifar-100-binary/test.bin", record(10, 10, 49) + record(11, 10, 99))])


def svhn():
    x = np.stack([pixels(n) for n in range(4)], axis=3)
    y = np.array([[1], [10], [9], [2]], np.uint8)
    os.makedirs("svhn", exist_ok=True)
    scipy.io.savemat("svhn/test_32x32.mat", {"X": x, "y": y}, do_compression=True)
    # The other storage that MATLAB has: nothing compressed, labels as doubles and before X.
    scipy.io.savemat("svhn/train_32x32.mat", {"y": y[:2].astype(float), "X": x[..., :2]})
    for name in "svhn/test_32x32.mat", "svhn/train_32x32.mat":
        with open(name, "r+b") as f:  # scipy writes the date here
            f.write(b"MATLAB 5.0 MAT-file, Platform: posix".ljust(116))


def folders():
    names = "AnnualCrop Forest HerbaceousVegetation Highway Industrial Pasture PermanentCrop Residential River SeaLake"
    for n, name in enumerate(names.split()):
        write("EuroSAT/2750/%s/%s_1.jpg" % (name, name), picture(n, size=(64, 64)))
    write("EuroSAT/2750/Forest/Forest_10.jpg", picture(10, size=(64, 64)))
    write("EuroSAT/2750/Forest/Forest_2.jpg", picture(11, size=(64, 64)))
    for n, name in enumerate(["n01440764/ILSVRC2012_val_00000293.JPEG", "n01440764/ILSVRC2012_val_00002138.JPEG",
                              "n02119789/ILSVRC2012_val_00000014.JPEG"]):
        write("imagenet/val/" + name, picture(n))
    write("imagenet/LOC_synset_mapping.txt", "n01440764 tench, Tinca tinca\nn02119789 kit fox, Vulpes macrotis\n")


def memes():
    rows = [(42953, 0, "the words in the picture"), (8291, 1, "text with \"quotes\" and \u00fcmlauts"), (46971, 0, "third")]
    for n, (i, label, text) in enumerate(rows):
        write("hateful_memes/img/%05d.png" % i, picture(n, "PNG"))
    write("hateful_memes/dev_seen.jsonl", "".join(
        json.dumps({"id": i, "img": "img/%05d.png" % i, "label": label, "text": text}) + "\n" for i, label, text in rows))
    write("hateful_memes/test_seen.jsonl", json.dumps({"id": 8291, "img": "img/08291.png", "text": "no label"}) + "\n")


def fairface():
    rows = ["3-9,Male,East Asian,False", "50-59,Female,East Asian,True", "30-39,Male,White,True",
            "20-29,Female,Latino_Hispanic,True", "20-29,Male,Southeast Asian,False",
            "more than 70,Female,Middle Eastern,False", "0-2,Male,Black,True", "10-19,Female,Indian,True"]
    write("fairface/fairface_label_val.csv", "file,age,gender,race,service_test\n" +
          "".join("val/%d.jpg,%s\n" % (n + 1, r) for n, r in enumerate(rows)))
    for n in range(len(rows)):
        write("fairface/val/%d.jpg" % (n + 1), picture(n))


def mnist():
    def images(ns):
        grey = b"".join(pixels(n, 28, 28, 1).tobytes() for n in ns)
        return struct.pack(">4B3I", 0, 0, 8, 3, len(ns), 28, 28) + grey
    def labels(ls):
        return struct.pack(">4BI", 0, 0, 8, 1, len(ls)) + bytes(ls)
    write("mnist/t10k-images-idx3-ubyte.gz", gzip.compress(images([5, 6, 7]), mtime=0))
    write("mnist/t10k-labels-idx1-ubyte.gz", gzip.compress(labels([7, 2, 9]), mtime=0))
    write("mnist/train-images-idx3-ubyte", images([1, 2]))
    write("mnist/train-labels-idx1-ubyte", labels([5, 0]))


def webdataset():
    first = [("000000000.jpg", picture(0)), ("000000000.json", json.dumps({"caption": "from json", "status": "success"})),
             ("000000000.txt", "a red square"),
             ("000000001.json", json.dumps({"caption": "only json", "width": 24})), ("000000001.png", picture(1, "PNG"))]
    second = [("./__meta__/info.json", "{"), ("__index__", ""), ("s0.cls", "1"), ("s0.jpg", picture(2)),
              ("s1.seg.png", b"not for us"), ("s1.cls", "0\n"), ("s1.jpeg", picture(3)),
              ("alone.txt", "no picture"), ("._s2.jpg", b"\0\5")]
    second = [(n.replace("./__", "__"), d) for n, d in second]
    archive("wds/00000.tar", first)
    archive("wds/00001.tar", second)
    archive("wds-gz/00000.tar.gz", first)
    write("wds/classnames.txt", "cat, domestic\ndog\n")


def captions():
    write("captions/captions.txt", "b.jpg\tsecond name, first line\r\na.png\tother\nb.jpg\tsecond caption\n\n")
    write("captions/images/b.jpg", picture(0))
    write("captions/images/a.png", picture(1, "PNG"))
    write("flickr/captions.txt", 'image,caption\nx.jpg,"A dog, running"\nx.jpg,"He said ""no"""\ny.jpg,plain\n')
    write("flickr/Images/x.jpg", picture(0))
    write("flickr/Images/y.jpg", picture(1))
    write("scenes/captions.txt", "0.png\ttwo red circles\n1.png\ta blue square\n10.png\tten green stars\n")
    write("scenes/labels.csv", "name,shape,color,count,position,style\n0.png,circle,red,2,left,flat\n"
          "1.png,square,blue,1,right,outline\n10.png,star,green,10,left,flat\n")
    for n in 0, 1, 10:
        write("scenes/images/%d.png" % n, picture(n, "PNG"))


for make in coco, cifar, svhn, folders, memes, fairface, mnist, webdataset, captions:
    make()
