"""The peer of `mindgap bench nets` and `bench train`: one network in PyTorch on the processor.

Usage: nets.py NETWORK BATCH THREADS SHAPE, SHAPE being JSON: null for a network of torchvision, a
tower's sizes for its forward pass, those of two towers for steps of training. The first line
of the output is JSON: versions, or what is missing. Then for each line on standard input it
runs once on the batch and prints the seconds that it took; for the line "memory" the bytes that the
process has taken since PyTorch was loaded, at most.
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


def block(torch, width, heads, causal_length, gelu):
    """A residual block of CLIP: x += MHA(LN1 x), x += W2 act(W1 LN2 x), act being quick_gelu, or
    gelu where the shape says so."""
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
            return x + self.down(nn.functional.gelu(h) if gelu else h * torch.sigmoid(1.702 * h))

    return Block()


def image_tower(torch, c):
    """CLIP's vision transformer: images N x 3 x side x side to N x Out."""
    nn, width = torch.nn, c["Width"]

    class Tower(nn.Module):
        def __init__(self):
            super().__init__()
            layers, channels, cut = [], 3, c["Patch"] >> c["Stem"]
            for i in range(c["Stem"]):  # halves the side each, before the patches are cut
                layers += [nn.Conv2d(channels, width >> (c["Stem"] - i), 3, 2, 1), nn.ReLU()]
                channels = width >> (c["Stem"] - i)
            self.conv = nn.Sequential(*layers, nn.Conv2d(channels, width, cut, cut, bias=False))
            self.first = nn.Parameter(torch.randn(1, 1, width) * width**-0.5)
            self.positions = nn.Parameter(torch.randn(1, (c["Image"] // c["Patch"]) ** 2 + 1, width) * width**-0.5)
            self.pre, self.post = nn.LayerNorm(width), nn.LayerNorm(width)
            self.blocks = nn.Sequential(*[block(torch, width, c["Heads"], 0, c["GELU"]) for _ in range(c["Layers"])])
            self.out = nn.Parameter(torch.randn(width, c["Out"]) * width**-0.5)

        def forward(self, x):
            y = self.conv(x).flatten(2).transpose(1, 2)
            y = torch.cat([self.first.expand(len(y), 1, width), y], 1) + self.positions
            return self.post(self.blocks(self.pre(y))[:, 0]) @ self.out

    return Tower()


def text_tower(torch, c):
    """CLIP's causal text transformer, read at the largest id: ids N x Context to N x Out."""
    nn, width, length = torch.nn, c["Width"], c["Context"]

    class Tower(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(c["Vocab"], width)
            self.positions = nn.Parameter(torch.randn(1, length, width) * 0.01)
            self.blocks = nn.Sequential(*[block(torch, width, c["Heads"], length, c["GELU"]) for _ in range(c["Layers"])])
            self.final = nn.LayerNorm(width)
            self.out = nn.Parameter(torch.randn(width, c["Out"]) * width**-0.5)

        def forward(self, ids):
            y = self.blocks(self.table(ids) + self.positions)[torch.arange(len(ids)), ids.argmax(1)]
            return self.final(y) @ self.out

    return Tower()


def random_images(torch, c, batch):
    return torch.randn(batch, 3, c["Image"], c["Image"])


def random_ids(torch, c, batch):
    return torch.randint(0, c["Vocab"], (batch, c["Context"]))


def forward(torch, name, batch, shape):
    """A network's forward pass on one batch, as a function without arguments."""
    if name == "vit":
        m, x = image_tower(torch, shape).eval(), random_images(torch, shape, batch)
    elif name == "text":
        m, x = text_tower(torch, shape).eval(), random_ids(torch, shape, batch)
    else:
        import torchvision

        m = getattr(torchvision.models, name)()
        m.fc = torch.nn.Identity()
        m.eval()
        x = torch.randn(batch, 3, 224, 224)

    def run():
        with torch.no_grad():
            m(x)

    return run


def training(torch, batch, shape):
    """A step of contrastive training of both towers on one batch of pairs."""
    image, text = image_tower(torch, shape["Image"]), text_tower(torch, shape["Text"])
    x, ids = random_images(torch, shape["Image"], batch), random_ids(torch, shape["Text"], batch)
    log_scale = torch.nn.Parameter(torch.tensor(1 / 0.07).log())
    optimiser = torch.optim.AdamW([*image.parameters(), *text.parameters(), log_scale], 1e-4, weight_decay=0.1)
    matched = torch.arange(batch)
    normalise, entropy = torch.nn.functional.normalize, torch.nn.functional.cross_entropy

    def run():
        optimiser.zero_grad(set_to_none=True)
        logits = log_scale.exp() * normalise(image(x)) @ normalise(text(ids)).T
        ((entropy(logits, matched) + entropy(logits.T, matched)) / 2).backward()
        optimiser.step()
        with torch.no_grad():
            log_scale.clamp_(max=4.6052)

    return run


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

    name, batch, threads, shape = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
    torch.set_num_threads(threads)
    before = peak()
    if shape and "Text" in shape:
        run = training(torch, batch, shape)
    else:
        run = forward(torch, name, batch, shape)
    print(json.dumps({"versions": f"torch {torch.__version__}"}), flush=True)
    for line in sys.stdin:
        if line.strip() == "memory":
            print(peak() - before, flush=True)
            continue
        start = time.perf_counter()
        run()
        print(time.perf_counter() - start, flush=True)


main()
