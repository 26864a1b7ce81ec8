"""PyTorch's convolutions, for BenchmarkConv2D: reads cases from stdin, a line each, and answers
with the seconds that one forward (or one backward) pass took.

    new n h w c o k stride padding     -> ok
    forward | backward                 -> seconds

Images are channels-last, as ours are, and on all cores.
"""
import os
import sys
import time

import torch

torch.set_num_threads(os.cpu_count())
for line in sys.stdin:
    word, *numbers = line.split()
    if word == "new":
        n, h, w, c, o, k, stride, padding = map(int, numbers)
        layer = torch.nn.Conv2d(c, o, k, stride, padding).to(memory_format=torch.channels_last)
        x = torch.randn(n, c, h, w).to(memory_format=torch.channels_last).requires_grad_()
        y = layer(x)
        dy = torch.randn_like(y)
        print("ok", flush=True)
        continue
    if word == "forward":
        with torch.no_grad():
            start = time.perf_counter()
            layer(x)
            seconds = time.perf_counter() - start
    else:
        y = layer(x)
        start = time.perf_counter()
        torch.autograd.grad(y, [x, layer.weight, layer.bias], dy)
        seconds = time.perf_counter() - start
    print(seconds, flush=True)
