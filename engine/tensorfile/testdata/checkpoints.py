"""Checkpoints of every kind that PyTorch writes, tiny, and the numbers in them.

Made with Debian 12's python3-torch 1.13.0 and numpy 1.24.2:

    cd testdata && /usr/bin/python3 checkpoints.py

Each *.pt file is read back by PyTorch itself; torch_want.npz has what it read, as float64,
under "file:name". Names are the dotted path to each tensor.
"""
import collections
import os
import pickle
import zipfile

import numpy as np
import torch

torch.manual_seed(1)
want = {}


def paths(prefix, v):
    """Every tensor in nested dicts and lists, by its dotted path."""
    if isinstance(v, torch.Tensor):
        yield prefix, v
    elif isinstance(v, dict):
        for k, x in v.items():
            yield from paths(f"{prefix}.{k}" if prefix else str(k), x)
    elif isinstance(v, (list, tuple)):
        for k, x in enumerate(v):
            yield from paths(f"{prefix}.{k}" if prefix else str(k), x)


def expect(file, v, prefix=""):
    for name, t in paths(prefix, v):
        want[f"{file}:{name}"] = t.detach().to(torch.float64).numpy() if t.dtype != torch.float64 else t.detach().numpy()


def save(file, v, **how):
    torch.save(v, file, **how)
    expect(file, torch.load(file))


grid = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) * 0.37 - 2
shared = torch.linspace(-1, 1, 30)


def variants():
    """Every type of numbers, every way to lie in a storage."""
    bits16 = torch.tensor([0, 1, -1, 0.1, 65504, 6e-8, float("inf"), float("-inf"), float("nan")])
    return collections.OrderedDict(
        float32=grid,
        float64=grid.double() / 3,
        float16=bits16.half(),
        bfloat16=torch.tensor([0, 1, -1, 0.1, 3e38, 1e-40, float("inf"), float("nan")]).bfloat16(),
        int64=torch.tensor([[-(2**40), 3], [2**52, -1]]),
        int32=torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32),
        int16=torch.tensor([-(2**15), 2**15 - 1], dtype=torch.int16),
        int8=torch.tensor([-128, 127], dtype=torch.int8),
        uint8=torch.tensor([0, 255], dtype=torch.uint8),
        bool=torch.tensor([[True, False], [False, True]]),
        scalar=torch.tensor(2.5),
        empty=torch.zeros(0, 3),
        transposed=grid[0].t(),
        permuted=grid.permute(2, 0, 1),
        sliced=grid[:, 1:, ::2],
        column=grid[1, :, 2],
        half_transposed=grid[0].half().t(),
        expanded=torch.tensor([[1.5], [2.5]]).expand(2, 4),
        windows=shared.as_strided((4, 6), (3, 2), 1),
        channels_last=torch.arange(48.0).reshape(2, 3, 2, 4).contiguous(memory_format=torch.channels_last),
        shared_a=shared[:10],
        shared_b=shared[10:].view(4, 5),
        same=shared[:10],
        parameter=torch.nn.Parameter(grid[0] + 1),
    )


class Net(torch.nn.Module):
    """A module with layers, a buffer, a list, numbers, a half-precision part and shared weights."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(1, 2, 2)
        self.norm = torch.nn.BatchNorm2d(2)
        self.blocks = torch.nn.ModuleList([torch.nn.Linear(3, 3) for _ in range(2)])
        self.register_buffer("mask", torch.full((3, 3), float("-inf")).triu(1))
        self.register_buffer("resolution", torch.tensor(224))
        self.tied = self.blocks[0].weight
        self.width = 3

    def forward(self, x):
        for block in self.blocks:
            x = block(x) * torch.tensor([1.0, 2.0, 4.0])
        return x + self.mask.half().float().exp()


def modules():
    """What TorchScript writes: attributes, and constants apart."""
    net = Net().eval()
    net.blocks[1].half().float()
    half = Net().half()
    for file, m in (
        ("script.pt", torch.jit.script(net)),
        ("script_half.pt", torch.jit.script(half)),
        ("trace.pt", torch.jit.trace(net, torch.ones(1, 3))),
    ):
        torch.jit.save(m, file)
        shrink(file)
        expect(file, torch.jit.load(file).state_dict())


def shrink(file):
    """Leave out the debug information, which is most of so small a file."""
    with zipfile.ZipFile(file) as z:
        entries = [(i, z.read(i)) for i in z.infolist() if not i.filename.endswith(".debug_pkl")]
    with zipfile.ZipFile(file, "w") as z:
        for i, data in entries:
            z.writestr(zipfile.ZipInfo(i.filename), data, compress_type=i.compress_type)


def attack(file, protocol, zipped):
    """A pickle that asks for os.system("echo ...")."""

    class Evil:
        def __reduce__(self):
            return os.system, ("echo this must never run",)

    if not zipped:
        with open(file, "wb") as f:
            f.write(as_written(pickle.dumps(Evil(), protocol=protocol)))
        return
    torch.save({"weight": torch.zeros(2), "evil": Evil()}, file, pickle_protocol=protocol)
    with zipfile.ZipFile(file) as z:
        entries = [(i, z.read(i)) for i in z.infolist()]
    with zipfile.ZipFile(file, "w") as z:
        for i, data in entries:
            z.writestr(zipfile.ZipInfo(i.filename), as_written(data))


def as_written(data):
    """Python's pickle names the module that os takes system from; name os, as an attacker would."""
    return data.replace(b"cposix\nsystem\n", b"cos\nsystem\n").replace(b"\x8c\x05posix", b"\x8c\x02os")


def main():
    v = variants()
    save("zip.pt", v)
    save("legacy.pt", v, _use_new_zipfile_serialization=False)
    for p in (3, 4, 5):
        save(f"protocol{p}.pt", {"w": grid, "b": [grid[0].t(), (grid[1],)]}, pickle_protocol=p)
    save("legacy4.pt", {"w": grid, "t": grid[1].t()}, _use_new_zipfile_serialization=False, pickle_protocol=4)

    net = Net()
    opt = torch.optim.Adam(net.parameters(), lr=1e-3)
    net(torch.ones(1, 3)).exp().sum().backward()
    opt.step()
    checkpoint = {
        "epoch": 3, "arch": "net", "best": 0.5, "args": {"lr": 1e-3, "betas": (0.9, 0.98), "big": 2**70, "none": None, "seed": b"\x00\xff"},
        "state_dict": collections.OrderedDict(("module." + k, x) for k, x in net.state_dict().items()),
        "optimizer": opt.state_dict(), "shape": torch.Size([2, 3]), "dtype": torch.float16, "device": torch.device("cpu"), "seen": {1, 2},
    }
    save("checkpoint.pt", checkpoint)
    save("checkpoint_legacy.pt", checkpoint, _use_new_zipfile_serialization=False)
    tagged = torch.nn.Parameter(grid[0].clone())
    tagged.note = "attributes of a parameter"
    save("tagged.pt", {"net": {"tagged": tagged}, "epoch": 1})
    save("tensor.pt", grid)
    save("list.pt", [grid[0], {"a": grid[1]}])
    modules()

    attack("evil.pt", 2, True)
    attack("evil_plain.pt", 2, False)
    attack("evil_old.pt", 0, False)
    attack("evil_new.pt", 4, False)
    torch.save(Net(), "module.pt")  # refused: it asks for the class
    torch.save({"q": torch.quantize_per_tensor(grid, 0.1, 0, torch.qint8)}, "quantized.pt")  # refused
    torch.save({"c": torch.tensor([1 + 2j])}, "complex.pt")  # listed, not read

    tensors = [t for k, t in want.items() if k.startswith("tensor.pt:") or k == "tensor.pt:"]
    assert len(tensors) == 1
    np.savez_compressed("torch_want.npz", **{k.removesuffix(":") + (":tensor" if k == "tensor.pt:" else ""): v for k, v in want.items()})


main()
