"""PyTorch's side of `mindgap bench peers`, on the processor or on a CUDA GPU; see serve.py for what
it is asked. Everything is float32 in full precision: TF32 is off.
"""
import json
import os

import serve

BLOCK = {"cpu": 256, "cuda": 8192}  # rows of a block of pairs


def matmul(torch, x, sizes):
    b, out = (x["b"].T if sizes["NT"] else x["b"]), {}

    def run():
        out.clear()
        out["c"] = x["a"] @ b

    return run, lambda: out


def dense(torch, x, sizes):
    """relu(a b + bias)."""
    out = {}

    def run():
        out.clear()
        out["c"] = torch.relu(torch.addmm(x["bias"], x["a"], x["b"]))

    return run, lambda: out


def infonce(torch, x, sizes):
    """CLIP's loss with the gradients of both embeddings and of the scale."""
    entropy, last = torch.nn.functional.cross_entropy, {}

    def step(q, k):
        scale = torch.full((), float(sizes["Scale"]), device=q.device, requires_grad=True)
        q, k = q.detach().requires_grad_(), k.detach().requires_grad_()
        logits = scale * q @ k.T
        matched = torch.arange(len(q), device=q.device)
        loss = (entropy(logits, matched) + entropy(logits.T, matched)) / 2
        loss.backward()
        return {"loss": loss.detach().reshape(1), "dscale": scale.grad.reshape(1), "dq": q.grad, "dk": k.grad}

    step(x["q"][:256], x["k"][:256])  # what a library sets up once is not part of the work

    def run():
        last.clear()
        last.update(step(x["q"], x["k"]))

    return run, lambda: last


def unit(torch, x):
    return torch.nn.functional.normalize(x)


def pairs(torch, x, sizes):
    """Mean and variance of the cosines of all pairs: blocks of rows, each with all rows from its
    first on, of which the triangle below the diagonal is left out. Of the rows first..., where
    SIZES has First: the time of all pairs is then (N/First)^2 times as long."""
    out, block = {}, BLOCK[x["x"].device.type]
    rows = x["x"][:sizes["First"]] if sizes["First"] else x["x"]

    def run():
        u = unit(torch, rows)
        total, squares = 0.0, 0.0
        for i in range(0, len(u), block):
            s = u[i:i + block] @ u[i:].T
            s[:, :len(s)].triu_(1)
            total = total + s.sum(dtype=torch.float64)
            squares = squares + torch.linalg.vector_norm(s).double() ** 2
        count = len(u) * (len(u) - 1) / 2
        mean = total / count
        out["mean"], out["variance"] = mean.reshape(1), (squares / count - mean * mean).reshape(1)

    return run, lambda: out


def histogram(torch, x, sizes):
    """Counts of the cosines of all pairs in bins of equal width over -1..1, in the same blocks."""
    bins, out, block = sizes["Bins"], {}, BLOCK[x["x"].device.type]

    def run():
        counts = torch.zeros(bins, dtype=torch.float64, device=x["x"].device)
        for i in range(0, len(x["x"]), block):
            s = x["x"][i:i + block] @ x["x"][i:].T
            n = len(s)
            s[:, :n].masked_fill_(torch.ones(n, n, dtype=torch.bool, device=s.device).tril_(), 2)  # beyond the bins
            counts += torch.histc(s, bins, -1, 1)
        out["counts"] = counts

    return run, lambda: out


def rowwise(torch, x, sizes):
    f, out = torch.nn.functional, {}
    y = {
        "softmax": lambda: torch.softmax(x["x"], 1),
        "layer_norm": lambda: f.layer_norm(x["x"], x["x"].shape[1:], x["gain"], x["bias"]),
        "relu": lambda: torch.relu(x["x"]),
    }[sizes["Op"]]

    def run():
        out.clear()
        out["y"] = y()

    return run, lambda: out


def fig2b(torch, x, sizes):
    """Random networks, layer by layer, and after each layer the mean of the cosine matrix. As in
    the other program, the networks share the weights that are drawn for a layer."""
    n, width, device = sizes["N"], sizes["Width"], x["device"]
    f, sd = torch.nn.functional, width**-0.5
    act = {
        "relu": torch.relu, "leaky_relu": f.leaky_relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "gelu": f.gelu,
        "quick_gelu": lambda y: y * torch.sigmoid(1.702 * y), "elu": f.elu,
    }
    out = {}

    def layer():
        normal = sd * torch.randn(width, device=device)
        uniform = sd * (2 * torch.rand(width, device=device) - 1)
        return sd * torch.randn(width, width, device=device), {"normal": normal, "uniform": uniform, "none": None}

    def mean_cosine(y):
        u = unit(torch, y)
        return (u @ u.T).mean()

    def run():
        with torch.no_grad():
            start = torch.randn(n, width, device=device)
            state = [start for _ in sizes["Networks"]]
            for _ in range(sizes["Depth"]):
                maps = [layer() for _ in range(3)]
                means = []
                for i, net in enumerate(sizes["Networks"]):
                    y, used = state[i], 0
                    for step in net["Steps"]:
                        if step in act:
                            y = act[step](y)
                            continue
                        w, b = maps[2 * used]
                        z = f.linear(y, w, b[net["Bias"]])
                        if step == "maxout":
                            w, b = maps[1]
                            z = torch.maximum(z, f.linear(y, w, b[net["Bias"]]))
                        y, used = z, used + 1
                    state[i] = y
                    means.append(float(mean_cosine(y)))
            out["last"] = torch.tensor(means)

    return run, lambda: out


WORKS = {
    "matmul": matmul, "dense": dense, "infonce": infonce, "pairs": pairs, "histogram": histogram,
    "rowwise": rowwise, "fig2b": fig2b,
}


def gpu_timed(torch):
    def timed(run, times):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        for _ in range(times):
            run()
        end.record()
        end.synchronize()
        return start.elapsed_time(end) / 1000 / times

    return timed


def gpu_peak(torch):
    def begin():
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        return lambda: torch.cuda.max_memory_allocated() - before

    return begin


def start():
    """PyTorch, set up as the arguments say; None where it is missing, having said so."""
    try:
        import numpy
        import torch
    except ImportError as e:
        print(json.dumps({"missing": [e.name or "torch"]}), flush=True)
        return None
    device, threads = serve.arguments()[2:4]
    torch.set_num_threads(threads)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    if device == "cuda" and not torch.cuda.is_available():
        print(json.dumps({"missing": ["a CUDA GPU that torch sees"]}), flush=True)
        return None
    return torch


def inputs(torch, folder, device):
    import numpy as np

    names = [f[:-4] for f in os.listdir(folder) if f.endswith(".npy") and "." not in f[:-4]]
    return {name: torch.from_numpy(np.load(os.path.join(folder, name + ".npy"))).to(device) for name in names}


def serve_torch(torch, works, versions):
    work, folder, device, _, limit, sizes = serve.arguments()
    x = inputs(torch, folder, device)
    run, results = works[work](torch, x if x else {"device": device}, sizes)
    arrays = lambda: {name: value.detach().cpu().numpy() for name, value in results().items()}
    if device == "cuda":
        serve.serve(versions, run, arrays, folder, 0, gpu_timed(torch), gpu_peak(torch))
    else:
        serve.serve(versions, run, arrays, folder, limit)


if __name__ == "__main__":
    found = start()
    if found:
        serve_torch(found, WORKS, f"torch {found.__version__}")
