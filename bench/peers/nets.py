"""The peer of `mindgap bench nets`: one network in PyTorch, forward on the processor.

Usage: nets.py NETWORK BATCH THREADS. The first line of the output is JSON: versions, or what is
missing. Then for each line on standard input it runs the network once on the batch and prints the
seconds that it took; for the line "memory" the bytes that the process has taken since PyTorch
was loaded, at most.
"""
import json
import resource
import sys
import time


def missing():
    names = []
    for module in ("torch", "torchvision"):
        try:
            __import__(module)
        except ImportError:
            names.append(module)
    return names


def block(torch, width, heads, causal_length):
    """A residual block of CLIP: x += MHA(LN1 x), x += W2 quick_gelu(W1 LN2 x)."""
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.attn = nn.MultiheadAttention(width, heads, batch_first=True)
            self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
            self.mask = None
            if causal_length:
                self.mask = torch.full((causal_length, causal_length), float("-inf")).triu(1)

        def forward(self, x):
            y = self.ln_1(x)
            x = x + self.attn(y, y, y, need_weights=False, attn_mask=self.mask)[0]
            h = self.up(self.ln_2(x))
            return x + self.down(h * torch.sigmoid(1.702 * h))

    return Block()


def build(torch, name, batch):
    """The network's forward pass on one batch, as a function without arguments."""
    nn = torch.nn
    if name.startswith("resnet"):
        import torchvision

        m = getattr(torchvision.models, name)()
        m.fc = nn.Identity()
        m.eval()
        x = torch.randn(batch, 3, 224, 224)
        return lambda: m(x)
    if name == "vit":
        width, patches = 768, 49
        conv = nn.Conv2d(3, width, 32, 32, bias=False)
        class_token, positions = torch.randn(1, 1, width), torch.randn(1, patches + 1, width)
        pre, post, out = nn.LayerNorm(width), nn.LayerNorm(width), torch.randn(width, 512)
        blocks = nn.Sequential(*[block(torch, width, 12, 0) for _ in range(12)]).eval()
        x = torch.randn(batch, 3, 224, 224)

        def run():
            y = conv(x).flatten(2).transpose(1, 2)
            y = torch.cat([class_token.expand(batch, 1, width), y], 1) + positions
            return post(blocks(pre(y))[:, 0]) @ out

        return run
    width, length = 512, 77
    table, positions = nn.Embedding(49408, width), torch.randn(1, length, width)
    final, out = nn.LayerNorm(width), torch.randn(width, 512)
    blocks = nn.Sequential(*[block(torch, width, 8, length) for _ in range(12)]).eval()
    ids = torch.randint(0, 49408, (batch, length))
    return lambda: final(blocks(table(ids) + positions)[torch.arange(batch), ids.argmax(1)]) @ out


def peak():
    try:  # the largest so far of this program alone: ru_maxrss also counts what started it
        with open("/proc/self/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmHWM")) * 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main():
    if missing():
        print(json.dumps({"missing": missing()}), flush=True)
        return
    import torch

    name, batch, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    before = peak()
    with torch.no_grad():
        run = build(torch, name, batch)
        print(json.dumps({"versions": f"torch {torch.__version__}"}), flush=True)
        for line in sys.stdin:
            if line.strip() == "memory":
                print(peak() - before, flush=True)
                continue
            start = time.perf_counter()
            run()
            print(time.perf_counter() - start, flush=True)


main()
