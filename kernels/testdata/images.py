"""Writes images.json: what PyTorch makes of small images, for TestImagesAsPyTorch.

Tensors are lists of numbers in the layout of this package: channels last, weights O x Kh x Kw x C.
"""
import json
import math

import torch
import torch.nn.functional as F

torch.manual_seed(7)


def last(x):  # N x C x H x W, or O x C x Kh x Kw, to channels last
    return x.detach().permute(0, 2, 3, 1).reshape(-1)


def numbers(x):  # nine digits tell every float32 from its neighbours
    return [float(f"{v:.9g}") if math.isfinite(v) else str(v) for v in x.tolist()]


cases = []
for n, h, w, c, o, k, stride, padding in [(2, 5, 6, 3, 4, 3, 1, 1), (1, 7, 8, 4, 3, 3, 2, 1), (1, 8, 8, 3, 2, 4, 4, 0), (1, 9, 7, 2, 3, 7, 2, 3)]:
    x, weight, bias = torch.randn(n, c, h, w, requires_grad=True), torch.randn(o, c, k, k, requires_grad=True), torch.randn(o)
    plain = F.conv2d(x, weight, bias, stride, padding)
    residual, dy = torch.randn_like(plain), torch.randn_like(plain)
    dx, dw = torch.autograd.grad(plain, [x, weight], dy)
    gain, shift, mean, variance = torch.randn(o), torch.randn(o), torch.randn(o), torch.rand(o) + 0.1
    normed = F.batch_norm(plain, mean, variance, gain, shift, eps=1e-5)
    cases.append({
        "kind": "conv", "shape": [n, h, w, c, o, k, k, stride, padding],
        "x": numbers(last(x)), "weights": numbers(last(weight)), "bias": numbers(bias), "residual": numbers(last(residual)),
        "dy": numbers(last(dy)), "dx": numbers(last(dx)), "dw": numbers(last(dw)),
        "y": numbers(last(torch.relu(plain + residual))),
        "gain": numbers(gain), "shift": numbers(shift), "mean": numbers(mean), "variance": numbers(variance), "normed": numbers(last(normed)),
    })
for n, h, w, c, size, stride, padding in [(2, 6, 7, 3, 3, 2, 1), (1, 6, 6, 4, 2, 2, 0)]:
    x = torch.randint(-3, 4, (n, c, h, w)).float()  # ties
    x[0, 0, 2, 3], x[0, 0, 2, 2], x[0, 1, 0, 0], x[0, 2] = float("nan"), float("nan"), float("inf"), float("-inf")
    x.requires_grad_()
    y, index = F.max_pool2d(x, size, stride, padding, return_indices=True)
    dy = torch.randn_like(y)
    (dx,) = torch.autograd.grad(y, [x], dy)
    cases.append({
        "kind": "max_pool", "shape": [n, h, w, c, size, stride, padding],
        "x": numbers(last(x)), "y": numbers(last(y)), "index": last(index).tolist(), "dy": numbers(last(dy)), "dx": numbers(last(dx)),
    })
x = torch.randn(2, 3, 4, 5)
cases.append({"kind": "average_pool", "shape": [2, 4, 5, 3], "x": numbers(last(x)), "y": numbers(x.mean((2, 3)).reshape(-1))})
with open("images.json", "w") as f:
    json.dump(cases, f, separators=(",", ":"))
    f.write("\n")
