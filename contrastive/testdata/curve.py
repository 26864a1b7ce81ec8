"""The losses of PyTorch in 100 steps of contrastive training of a small CLIP.

Made with Debian 12's python3-torch 1.13.0 and numpy 1.24.2:

    cd testdata && /usr/bin/python3 curve.py

curve.npz holds the weights at the start (float16 numbers, in the names and layouts of nn/models),
the pairs (images as bytes that stand for (b - 128)/64, and token ids), the order in which
batches take them, and a curve for every optimiser of RUNS: the losses before each step, computed in
float64 with the rates of nn.Schedule. The script also says how far PyTorch's float32 leaves them.
"""
import math
import os
import sys

import numpy as np
import torch

sys.dont_write_bytecode = True  # no folders of Python's among the sources
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../nn/models/testdata"))
import references

PAIRS, BATCH, STEPS, SEED = 40, 16, 100, 9
RATE, WARMUP, CLIP, TAU = 1e-3, 10, 1.0, 0.07
SIZES = dict(image=16, patch=8, vision_width=32, vision_layers=2, vocab=40, context=8, text_width=32, text_layers=1, out=16, head=16)


def groups(m):
    """Parameters that decay, matrices, and those that do not, as nn.AdamOptions.MatricesOnly."""
    p = list(m.parameters())
    return [x for x in p if x.dim() > 1], [x for x in p if x.dim() < 2]


def adamw(m):
    matrices, rest = groups(m)
    return torch.optim.AdamW([{"params": matrices}, {"params": rest, "weight_decay": 0}], RATE, (0.9, 0.98), 1e-6, 0.2)


RUNS = {
    "adamw": adamw,  # CLIP's
    "adam": lambda m: torch.optim.Adam(m.parameters(), RATE, (0.9, 0.98), 1e-6, 0.2),  # the paper's script's
    "plain": lambda m: torch.optim.Adam(m.parameters(), RATE),  # PyTorch's defaults
}


class PCG:
    """Go's math/rand/v2 PCG (PCG-DXSM) and its Perm, which shuffle the pairs."""

    def __init__(self, hi, lo):
        self.state = hi << 64 | lo

    def uint64(self):
        self.state = (self.state * 0x2360ED051FC65DA44385DF649FCCF645 + 0x5851F42D4C957F2D14057B7EF767814F) % 2**128
        hi, lo = self.state >> 64, self.state % 2**64
        hi ^= hi >> 32
        hi = hi * 0xDA942042E4DD58B5 % 2**64
        hi ^= hi >> 48
        return hi * (lo | 1) % 2**64

    def below(self, n):
        if n & (n - 1) == 0:
            return self.uint64() & (n - 1)
        while True:
            product = (self.uint64() >> 32) * n
            if product % 2**32 >= 2**32 % n:
                return product >> 32

    def perm(self, n):
        p = list(range(n))
        for i in range(n - 1, 0, -1):
            j = self.below(i + 1)
            p[i], p[j] = p[j], p[i]
        return p


def order():
    """The pairs of every step: streamOrder is 1, and each epoch has a stream of its own."""
    rows = []
    for epoch in range(math.ceil(STEPS / (PAIRS // BATCH))):
        p = PCG(SEED, 1 << 32 | epoch).perm(PAIRS)
        rows += [p[i:i + BATCH] for i in range(0, PAIRS - BATCH + 1, BATCH)]
    return np.array(rows[:STEPS], np.int32)


def rate(i):
    if i < WARMUP:
        return RATE * (i + 1) / WARMUP
    return RATE * (1 + math.cos(math.pi * (i - WARMUP) / (STEPS - WARMUP))) / 2


def train(make, state, images, ids, batches, dtype):
    m = references.CLIP(**SIZES)
    m.load_state_dict(state)
    m.to(dtype)
    images = ((images.float() - 128) / 64).to(dtype).permute(0, 3, 1, 2)
    with torch.no_grad():
        m.logit_scale.fill_(float(np.float32(-math.log(TAU))))
    optimiser, losses = make(m), []
    for i, rows in enumerate(torch.from_numpy(batches).long()):
        for g in optimiser.param_groups:
            g["lr"] = rate(i)
        optimiser.zero_grad()
        x, y = m.visual(images[rows], {}), m.encode_text(ids[rows], {})
        x, y = x / x.norm(dim=1, keepdim=True), y / y.norm(dim=1, keepdim=True)
        logits, right = m.logit_scale.exp() * x @ y.T, torch.arange(BATCH)
        loss = (torch.nn.functional.cross_entropy(logits, right) + torch.nn.functional.cross_entropy(logits.T, right)) / 2
        loss.backward()
        torch.nn.utils.clip_grad_norm_(m.parameters(), CLIP)
        optimiser.step()
        with torch.no_grad():
            m.logit_scale.clamp_(max=math.log(100))
        losses.append(loss.item())
    return np.array(losses)


def main():
    torch.manual_seed(1)
    torch.set_num_threads(1)
    state = {k: v.half().float() for k, v in references.CLIP(**SIZES).state_dict().items()}
    images = torch.randint(0, 256, (PAIRS, 16, 16, 3), dtype=torch.uint8)
    ids = torch.randint(1, SIZES["vocab"] - 1, (PAIRS, SIZES["context"]))
    for i, row in enumerate(ids):  # the end mark, and nothing behind it
        end = 3 + i % (SIZES["context"] - 3)
        row[end], row[end + 1:] = SIZES["vocab"] - 1, 0
    batches = order()
    out = {"images": images.numpy(), "ids": ids.numpy().astype(np.int32), "order": batches}
    for name, make in RUNS.items():
        out["loss." + name] = train(make, state, images, ids, batches, torch.float64)
        apart = np.abs(train(make, state, images, ids, batches, torch.float32) - out["loss." + name]).max()
        print(f"{name}: {out['loss.' + name][0]:.3f} to {out['loss.' + name][-1]:.3f}; float32 differs by {apart:.1e}")
    for name, v in state.items():
        v = v.reshape(1) if v.dim() == 0 else v
        out[name] = (v.permute(0, 2, 3, 1) if v.dim() == 4 else v).contiguous().half().numpy()
    np.savez_compressed("curve", **out)


main()
