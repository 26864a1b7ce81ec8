"""The peer of `mindgap bench images`: torchvision and Pillow, one process a core.

Usage: preprocess.py CORES PICTURE... The first line of the output is JSON: versions, or what is
missing. Then, for each line "STAGE COUNT" on standard input, it works on that many pictures
and prints the seconds that it took and the processor seconds of all its workers; for "hash"
the SHA-256 of each picture's tensor.

Workers keep their results to themselves, so that nothing but the work is timed.
"""
import hashlib
import json
import multiprocessing
import signal
import sys
import time


def missing():
    names = []
    for module, name in (("torch", "torch"), ("torchvision", "torchvision"), ("PIL", "pillow"), ("numpy", "numpy")):
        try:
            __import__(module)
        except ImportError:
            names.append(name)
    return names


def begin(paths):
    """Makes a worker ready."""
    global files, transform, decoded
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the end of standard input ends everything
    import torch
    from torchvision import transforms as T

    torch.set_num_threads(1)
    files, decoded = paths, {}
    transform = T.Compose([
        T.Resize(224, interpolation=T.InterpolationMode.BICUBIC), T.CenterCrop(224), T.ToTensor(),
        T.Normalize((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)),
    ])


def decode(i):
    from PIL import Image

    with open(files[i % len(files)], "rb") as f:
        return Image.open(f).convert("RGB")


def work(job):
    stage, i = job
    start = time.process_time()
    if stage == "decode":
        decode(i)
    elif stage == "all":
        transform(decode(i))
    elif stage == "hash":
        return hashlib.sha256(transform(decode(i)).contiguous().numpy().tobytes()).hexdigest()
    else:  # prepare
        k = i % len(files)
        if k not in decoded:
            decoded[k] = decode(k)
            start = time.process_time()
        transform(decoded[k])
    return time.process_time() - start


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if missing():
        print(json.dumps({"missing": missing()}), flush=True)
        return
    import PIL
    import torch
    import torchvision

    cores, paths = int(sys.argv[1]), sys.argv[2:]
    print(json.dumps({"versions": f"torchvision {torchvision.__version__}, Pillow {PIL.__version__}, torch {torch.__version__}"}), flush=True)
    with multiprocessing.Pool(cores, begin, (paths,)) as pool:
        for line in sys.stdin:
            stage, count = line.split()
            jobs = [(stage, i) for i in range(int(count))]
            start = time.perf_counter()
            results = pool.map(work, jobs, chunksize=max(1, len(jobs) // (8 * cores)))
            seconds = time.perf_counter() - start
            print(" ".join(results) if stage == "hash" else f"{seconds} {sum(results)}", flush=True)


if __name__ == "__main__":
    main()
