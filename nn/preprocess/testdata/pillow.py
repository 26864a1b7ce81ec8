"""Makes pillow.json and pictures/: what Pillow and torchvision make of pictures, as hashes.

Needs Pillow, torchvision, numpy, and cjpeg (Debian: libjpeg-turbo-progs) for JPEG files that
Pillow cannot write. Run it in this folder.
"""
import hashlib, io, json, os, struct, subprocess, warnings, zlib
import numpy as np, PIL, torch, torchvision
from PIL import Image, ImageFile
from torchvision import transforms as T

ImageFile.MAXBLOCK = 1 << 22
warnings.simplefilter("ignore")


def source(width, height, seed):
    """A picture of noise, ramps and edges. preprocess_test.go makes the same bytes."""
    n = width * height * 3
    a = np.multiply.accumulate(np.full(n, 1664525, np.uint32), dtype=np.uint32)  # a^1, a^2, ... modulo 2^32
    geometric = np.add.accumulate(np.concatenate([[1], a[:-1]]).astype(np.uint32), dtype=np.uint32)
    state = a * np.uint32(seed) + np.uint32(1013904223) * geometric  # of x -> 1664525 x + 1013904223
    noise = (state >> 24).reshape(height, width, 3).astype(np.int64)
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    ramp = (5 * x + 3 * y + 40 * c) % 256
    return np.where((x // 7 + y // 5) % 2 == 0, (3 * ramp + noise) // 4, noise).astype(np.uint8)


def sha(data):
    return hashlib.sha256(data).hexdigest()


FILTERS = {"bicubic": Image.BICUBIC, "bilinear": Image.BILINEAR, "nearest": Image.NEAREST}
RESIZES = [  # width, height -> width, height
    (641, 479, 299, 224), (640, 480, 298, 224), (333, 500, 224, 336), (500, 333, 336, 224), (57, 91, 224, 357),
    (31, 17, 224, 224), (1, 1, 7, 5), (2, 3, 5, 4), (7, 200, 3, 224), (300, 5, 224, 224), (224, 224, 224, 224),
    (224, 301, 224, 150), (301, 224, 150, 224), (97, 101, 96, 102), (1024, 3, 1, 1), (3, 1024, 224, 7), (640, 426, 336, 224),
    (99, 99, 100, 98), (48, 36, 224, 168), (255, 257, 32, 33), (400, 300, 13, 11), (12, 10, 400, 300), (768, 512, 383, 255),
]
MEANS = {
    "clip": ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)),
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
}
PIPELINES = {
    "clip": (224, Image.BICUBIC, 224, "clip"),
    "clip336": (336, Image.BICUBIC, 336, "clip"),
    "imagenet": (224, Image.BILINEAR, 224, "imagenet"),
    "eval": (256, Image.BILINEAR, 224, "imagenet"),
    "small": (30, Image.BILINEAR, 45, "imagenet"),  # the square is larger than the picture
}
SIZES = [(640, 480), (480, 640), (427, 640), (333, 500), (501, 375), (224, 224), (225, 227), (32, 32), (1, 1), (61, 300), (300, 17), (2, 700), (900, 3)]


def pipeline(name, im):
    resize, how, crop, mean = PIPELINES[name]
    how = T.InterpolationMode.BICUBIC if how == Image.BICUBIC else T.InterpolationMode.BILINEAR
    t = T.Compose([T.Resize(resize, interpolation=how), T.CenterCrop(crop), T.ToTensor(), T.Normalize(*MEANS[mean])])
    return t(im).contiguous().numpy().tobytes()


def png(width, height, depth, kind, seed, palette=b"", transparent=b"", interlaced=0):
    """A PNG file of noise of any depth and kind, which Pillow cannot write."""
    bits = depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
    rng = np.random.default_rng(seed)
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = b""
    for x0, y0, dx, dy in passes:
        w, h = -((x0 - width) // dx), -((y0 - height) // dy)
        for _ in range(h if w > 0 else 0):
            rows += b"\0" + rng.integers(0, 256, (w * bits + 7) // 8, dtype=np.uint8).tobytes()
    chunk = lambda t, d: struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced))
    out += chunk(b"PLTE", palette) if palette else b""
    out += chunk(b"tRNS", transparent) if transparent else b""
    return out + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def files():
    """Small files: name, bytes."""

    def saved(name, array, kind, mode="RGB", **how):
        b = io.BytesIO()
        Image.fromarray(array).convert(mode).save(b, kind, **how)
        return name, b.getvalue()

    def cjpeg(name, array, *how):
        b = io.BytesIO()
        Image.fromarray(array).save(b, "PPM")
        return name, subprocess.run(["cjpeg", *how], input=b.getvalue(), capture_output=True, check=True).stdout

    smooth = lambda w, h: np.stack([(np.sin(np.mgrid[0:h, 0:w][k % 2] / (5 + k)) * 100 + 128) for k in range(3)], -1).astype(np.uint8)
    for i, (name, sub) in enumerate([("444", 0), ("422", 1), ("420", 2)]):
        yield saved(f"{name}.jpg", source(37, 29, i), "JPEG", quality=90, subsampling=sub)
        yield saved(f"{name}_progressive.jpg", source(33, 31, i), "JPEG", quality=85, subsampling=sub, progressive=True)
        yield saved(f"{name}_smooth.jpg", smooth(67, 49), "JPEG", quality=75, subsampling=sub, optimize=True)
        yield saved(f"{name}_narrow.jpg", source(3, 20, i), "JPEG", quality=95, subsampling=sub)
    yield saved("100.jpg", source(24, 17, 4), "JPEG", quality=100, subsampling=0)
    yield saved("1x1.jpg", source(1, 1, 5), "JPEG", quality=90)
    yield saved("grey.jpg", source(30, 21, 6), "JPEG", "L", quality=90)
    yield saved("grey_progressive.jpg", source(30, 21, 6), "JPEG", "L", quality=90, progressive=True)
    yield saved("cmyk.jpg", source(30, 21, 7), "JPEG", "CMYK", quality=90)
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: to be turned by 90 degrees
    yield saved("exif.jpg", source(20, 13, 8), "JPEG", quality=90, exif=exif)
    for name, how in {
        "440": ["-sample", "1x2"], "411": ["-sample", "4x1"], "410": ["-sample", "4x2"], "mixed": ["-sample", "2x2,2x1,1x1"],
        "440_progressive": ["-sample", "1x2", "-progressive"], "rgb": ["-rgb"], "restart": ["-sample", "2x2", "-restart", "2B"],
        "restart_progressive": ["-progressive", "-restart", "1"], "scans": ["-sample", "2x2", "-scans", "scans.txt"],
    }.items():
        yield cjpeg(f"{name}.jpg", source(35, 27, 9), "-quality", "85", *how)
    palette = source(16, 16, 10).tobytes()
    for kind, depths in ((0, (1, 2, 4, 8, 16)), (2, (8, 16)), (3, (1, 2, 4, 8)), (4, (8, 16)), (6, (8, 16))):
        for depth in depths:
            colours = palette[: 3 << depth] if kind == 3 else b""
            yield f"{kind}_{depth}.png", png(11, 9, depth, kind, depth, colours)
            yield f"{kind}_{depth}_interlaced.png", png(9, 11, depth, kind, depth, colours, interlaced=1)
    yield "0_8_transparent.png", png(11, 9, 8, 0, 1, transparent=struct.pack(">H", 3))
    yield "0_16_transparent.png", png(11, 9, 16, 0, 1, transparent=struct.pack(">H", 777))
    yield "2_8_transparent.png", png(11, 9, 8, 2, 1, transparent=struct.pack(">HHH", 1, 2, 3))
    yield "3_4_transparent.png", png(11, 9, 4, 3, 1, palette[:48], bytes([0, 128, 255]))
    yield "3_8_short.png", png(11, 9, 8, 3, 1, palette[:300])
    dark = Image.fromarray((source(13, 9, 11)[:, :, 0].astype(np.uint16) * 2))
    b = io.BytesIO()
    dark.save(b, "PNG")
    yield "0_16_dark.png", b.getvalue()
    with_alpha = np.concatenate([source(26, 19, 12), source(26, 19, 13)[:, :, :1]], -1)
    yield saved("lossy.webp", source(26, 19, 12), "WEBP", quality=80)
    yield saved("lossy_even.webp", source(32, 20, 12), "WEBP", quality=60)
    yield saved("lossless.webp", source(14, 9, 12), "WEBP", lossless=True)
    yield saved("alpha.webp", with_alpha, "WEBP", "RGBA", quality=80)
    yield saved("rgb.bmp", source(11, 9, 14), "BMP")
    yield saved("palette.bmp", source(11, 9, 14), "BMP", "P")
    yield saved("bits.bmp", source(11, 9, 14), "BMP", "1")
    yield saved("palette.gif", source(13, 9, 15), "GIF", "P")
    part = io.BytesIO()
    Image.fromarray(source(13, 9, 15)).quantize(13).save(part, "GIF", transparency=3)
    part = bytearray(part.getvalue())
    part[6:10] = struct.pack("<HH", 17, 12)  # the screen is larger than the frame
    yield "part.gif", bytes(part)


def main():
    torch.set_num_threads(1)
    out = {
        "made_by": f"pillow.py with Pillow {PIL.__version__}, torchvision {torchvision.__version__}, torch {torch.__version__}",
        "resizes": [], "pipelines": [], "pictures": [],
    }
    for i, (w, h, to_w, to_h) in enumerate(RESIZES):
        im = Image.fromarray(source(w, h, i))
        for name, f in FILTERS.items():
            hash = sha(im.resize((to_w, to_h), f).tobytes())
            out["resizes"].append({"from": [w, h], "seed": i, "to": [to_w, to_h], "filter": name, "sha256": hash})
    for i, (w, h) in enumerate(SIZES):
        im = Image.fromarray(source(w, h, i))
        for name in PIPELINES:
            out["pipelines"].append({"from": [w, h], "seed": i, "pipeline": name, "sha256": sha(pipeline(name, im))})
    os.makedirs("pictures", exist_ok=True)
    with open("scans.txt", "w") as f:
        f.write("0;\n1;\n2;\n")
    for name, data in files():
        with open("pictures/" + name, "wb") as f:
            f.write(data)
        im = Image.open(io.BytesIO(data)).convert("RGB")
        out["pictures"].append({"name": name, "size": list(im.size), "sha256": sha(im.tobytes())})
    os.remove("scans.txt")
    with open("pillow.json", "w") as f:
        rows = lambda l: "[\n  " + ",\n  ".join(json.dumps(x) for x in l) + "\n ]"
        f.write("{\n " + ",\n ".join(f"{json.dumps(k)}: {rows(v) if isinstance(v, list) else json.dumps(v)}" for k, v in out.items()) + "\n}\n")


main()
