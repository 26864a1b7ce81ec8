"""Parity of nn/models with PyTorch at full size, layer by layer: make parity.

For every network PyTorch draws random weights and inputs, saves the weights as a checkpoint and
runs forward in float32 and in float64; then mindgap loads the checkpoint, runs forward on each
device, and prints for every layer the largest difference, max|a - b| / max|b|, from PyTorch's
float32, and from its float64 beside PyTorch's own. It fails where a layer is more than 2e-5
from PyTorch's float32. Needs about 3 GiB of memory and, in the temporary folder, 1 GiB.

    parity.py --test BINARY [--batch 2] [--devices host,gl] [--only resnet18,resnet50,vit,clip]

BINARY is the compiled test of nn/models.
"""
import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile

PACKAGES = {"numpy": "python3-numpy", "torch": "python3-torch", "torchvision": "python3-torchvision"}
missing = [package for module, package in PACKAGES.items() if importlib.util.find_spec(module) is None]
if missing:
    sys.exit(f"parity: missing {', '.join(missing)}; install by: apt-get install {' '.join(missing)}")

import numpy as np
import torch
import torchvision

sys.dont_write_bytecode = True  # no folders of Python's among the sources
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../nn/models/testdata"))
import references


def settled(m):
    """Batch norms as after training: gains, biases and statistics that are not 0 and 1."""
    for norm in m.modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            norm.weight.data.uniform_(0.5, 1.5)
            norm.bias.data.normal_(std=0.2)
            norm.running_mean.normal_(std=0.2)
            norm.running_var.uniform_(0.5, 1.5)
    return m


def clip_b32():
    return references.CLIP(image=224, patch=32, vision_width=768, vision_layers=12, vocab=49408, context=77, text_width=512, text_layers=12, out=512)


def images(batch):
    return torch.randn(batch, 3, 224, 224)


def texts(batch):
    """Token ids between the two marks, then padding, as the tokenizer makes them."""
    ids = torch.zeros(batch, 77, dtype=torch.int64)
    for row in ids:
        n = int(torch.randint(1, 76, ()))
        row[0], row[n + 1] = 49406, 49407
        row[1:n + 1] = torch.randint(0, 49406, (n,))
    return ids


# Names, how to build, and how to run. CLIP holds the text transformer and ViT-B/32 with
# CLIP's activations; vit is torchvision's ViT-B/32.
NETWORKS = {
    "resnet18": (lambda: settled(torchvision.models.resnet18()), references.run_resnet, False),
    "resnet50": (lambda: settled(torchvision.models.resnet50()), references.run_resnet, False),
    "vit": (torchvision.models.vit_b_32, references.run_vit, False),
    "clip": (clip_b32, references.run_clip, True),
}


def save(folder, name, batch):
    build, run, has_texts = NETWORKS[name]
    m = build().eval()
    inputs = (images(batch), texts(batch)) if has_texts else (images(batch),)
    torch.save(m.state_dict(), f"{folder}/weights.pt")
    np.save(f"{folder}/images.npy", inputs[0].permute(0, 2, 3, 1).contiguous().numpy())
    if has_texts:
        np.save(f"{folder}/ids.npy", inputs[1].numpy().astype(np.int32))
    single = run(m, *inputs)
    double = run(m.double(), inputs[0].double(), *inputs[1:])
    np.savez(f"{folder}/float32.npz", **{k: v.contiguous().numpy() for k, v in single.items()})
    np.savez(f"{folder}/float64.npz", **{k: v.contiguous().numpy() for k, v in double.items()})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--test", required=True)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--devices", default="host,gl")
    parser.add_argument("--only", default=",".join(NETWORKS))
    parser.add_argument("--seed", type=int, default=1)
    o = parser.parse_args()
    names = o.only.split(",")
    if unknown := [n for n in names if n not in NETWORKS]:
        sys.exit(f"parity: no network {', '.join(unknown)}; there are {', '.join(NETWORKS)}")
    print(f"torch {torch.__version__}, torchvision {torchvision.__version__}, seed {o.seed}, batch {o.batch}", flush=True)
    torch.manual_seed(o.seed)
    failed = []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            save(folder, name, o.batch)
            env = {**os.environ, "MINDGAP_PARITY": folder, "MINDGAP_PARITY_NETWORK": name, "MINDGAP_PARITY_DEVICES": o.devices}
            here = os.path.join(os.path.dirname(__file__), "../../nn/models")
            done = subprocess.run([os.path.abspath(o.test), "-test.run", "^TestFullSizeParity$", "-test.count", "1"], env=env, cwd=here)
            if done.returncode != 0:
                failed.append(name)
    if failed:
        sys.exit(f"parity: {', '.join(failed)} failed")
    print(f"parity: {', '.join(names)} on {o.devices}: every layer within 2e-5 of PyTorch")


if __name__ == "__main__":
    main()
