"""The contrastive loss tile by tile in Triton, in float32: the peer of `mindgap bench peers` on CUDA
GPUs for a loss that never holds N x N numbers. Written from the description of Inf-CL (Cheng et
al., "Breaking the Memory Barrier: Near Infinite Batch Size Scaling for Contrastive Loss",
arXiv 2410.17243, section 3): each program owns a tile of rows, goes through all tiles of columns
and keeps a running logsumexp; the backward pass makes the tiles again from the logsumexps. As
there, each direction is a sweep of its own, and so is each gradient.

With S = scale Q K^T, loss = mean over i of (lse(S_i:) + lse(S_:i))/2 - S_ii, and with
G = (softmax of rows + softmax of columns)/2 - I, dQ = scale/N G K, dK = scale/N G^T Q,
dscale = 1/N sum G_ij q_i.k_j.

    triton_infonce.py --self-test

holds the tiled formulas, in NumPy, against the definition in float64: it needs no GPU.
Otherwise see serve.py.
"""
import json
import sys

TILE = 64


def numpy_lse(np, q, k, scale, tile):
    """Row logsumexps by tiles of columns, as lse_kernel."""
    top = np.full(len(q), -np.inf, np.float32)
    total = np.zeros(len(q), np.float32)
    for j in range(0, len(k), tile):
        s = np.float32(scale) * (q @ k[j:j + tile].T)
        new = np.maximum(top, s.max(1))
        total = total * np.exp(top - new) + np.exp(s - new[:, None]).sum(1)
        top = new
    return top + np.log(total)


def numpy_gradient(np, q, k, scale, row_lse, col_lse, tile):
    """dq and each row's part of dscale, by tiles of columns, as gradient_kernel."""
    dq, ds = np.zeros_like(q), np.zeros(len(q), np.float32)
    rows = np.arange(len(q))[:, None]
    for j in range(0, len(k), tile):
        kj = k[j:j + tile]
        c = q @ kj.T
        s = np.float32(scale) * c
        g = 0.5 * (np.exp(s - row_lse[:, None]) + np.exp(s - col_lse[None, j:j + tile]))
        g -= rows == np.arange(j, j + len(kj))[None, :]
        dq += g @ kj
        ds += (g * c).sum(1)
    return dq * np.float32(scale / len(q)), ds / np.float32(len(q))


def self_test():
    import numpy as np

    r = np.random.default_rng(1)
    n, d, scale = 150, 24, 20.0  # 150 is no multiple of the tile
    q, k = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in r.standard_normal((2, n, d)))
    s = scale * q @ k.T
    rows, cols = (np.log(np.exp(x).sum(1)) for x in (s, s.T))
    g = (np.exp(s - rows[:, None]) + np.exp(s - cols[None, :])) / 2 - np.eye(n)
    want = {"row lse": rows, "col lse": cols, "dq": scale / n * g @ k, "dk": scale / n * g.T @ q, "dscale": (g * (q @ k.T)).sum() / n}
    q, k = q.astype(np.float32), k.astype(np.float32)
    rows, cols = numpy_lse(np, q, k, scale, TILE), numpy_lse(np, k, q, scale, TILE)
    dq, ds = numpy_gradient(np, q, k, scale, rows, cols, TILE)
    dk, _ = numpy_gradient(np, k, q, scale, cols, rows, TILE)
    for name, got in {"row lse": rows, "col lse": cols, "dq": dq, "dk": dk, "dscale": ds.sum()}.items():
        error = np.abs(got - want[name]).max() / np.abs(want[name]).max()
        print(f"{name}: error {error:.2g}")
        if not error < 1e-5:
            sys.exit(f"triton_infonce: {name} is wrong")


def kernels(torch, triton):
    """Forward and backward on CUDA tensors."""
    import triton.language as tl

    @triton.jit
    def lse_kernel(q, k, lse, n, scale, D: tl.constexpr, B: tl.constexpr):
        rows = tl.program_id(0) * B + tl.arange(0, B)
        lane, width = tl.arange(0, B), tl.arange(0, D)
        a = tl.load(q + rows[:, None].to(tl.int64) * D + width[None, :], mask=rows[:, None] < n, other=0.0)
        top = tl.full((B,), float("-inf"), tl.float32)
        total = tl.zeros((B,), tl.float32)
        for j in range(0, n, B):
            cols = j + lane
            b = tl.load(k + cols[:, None].to(tl.int64) * D + width[None, :], mask=cols[:, None] < n, other=0.0)
            s = scale * tl.dot(a, tl.trans(b), input_precision="ieee")
            s = tl.where(cols[None, :] < n, s, float("-inf"))
            new = tl.maximum(top, tl.max(s, 1))
            total = total * tl.exp(top - new) + tl.sum(tl.exp(s - new[:, None]), 1)
            top = new
        tl.store(lse + rows, top + tl.log(total), mask=rows < n)

    @triton.jit
    def gradient_kernel(q, k, row_lse, col_lse, dq, ds, n, scale, D: tl.constexpr, B: tl.constexpr):
        rows = tl.program_id(0) * B + tl.arange(0, B)
        lane, width = tl.arange(0, B), tl.arange(0, D)
        here = rows[:, None].to(tl.int64) * D + width[None, :]
        a = tl.load(q + here, mask=rows[:, None] < n, other=0.0)
        mine = tl.load(row_lse + rows, mask=rows < n, other=0.0)
        sums = tl.zeros((B, D), tl.float32)
        part = tl.zeros((B,), tl.float32)
        for j in range(0, n, B):
            cols = j + lane
            b = tl.load(k + cols[:, None].to(tl.int64) * D + width[None, :], mask=cols[:, None] < n, other=0.0)
            theirs = tl.load(col_lse + cols, mask=cols < n, other=0.0)
            c = tl.dot(a, tl.trans(b), input_precision="ieee")
            s = scale * c
            g = 0.5 * (tl.exp(s - mine[:, None]) + tl.exp(s - theirs[None, :]))
            g = g - tl.where(rows[:, None] == cols[None, :], 1.0, 0.0)
            g = tl.where((rows[:, None] < n) & (cols[None, :] < n), g, 0.0)
            sums += tl.dot(g, b, input_precision="ieee")
            part += tl.sum(g * c, 1)
        tl.store(dq + here, sums * (scale / n), mask=rows[:, None] < n)
        tl.store(ds + rows, part / n, mask=rows < n)

    def infonce(torch, x, sizes):
        q, k, scale, out = x["q"], x["k"], float(sizes["Scale"]), {}
        n, d = q.shape
        grid = ((n + TILE - 1) // TILE,)

        def run():
            out.clear()
            vector = lambda: torch.empty(n, device=q.device)
            rows, cols, part, spare = vector(), vector(), vector(), vector()
            dq, dk = torch.empty_like(q), torch.empty_like(k)
            lse_kernel[grid](q, k, rows, n, scale, D=d, B=TILE)
            lse_kernel[grid](k, q, cols, n, scale, D=d, B=TILE)
            gradient_kernel[grid](q, k, rows, cols, dq, part, n, scale, D=d, B=TILE)
            gradient_kernel[grid](k, q, cols, rows, dk, spare, n, scale, D=d, B=TILE)
            loss = ((rows + cols).double() / 2 - scale * (q * k).sum(1).double()).mean()
            out.update(loss=loss.float().reshape(1), dscale=part.double().sum().float().reshape(1), dq=dq, dk=dk)

        return run, lambda: out

    return {"infonce": infonce}


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    import with_torch

    torch = with_torch.start()
    if not torch:
        return
    try:
        import triton
    except ImportError:
        print(json.dumps({"missing": ["triton"]}), flush=True)
        return
    with_torch.serve_torch(torch, kernels(torch, triton), f"triton {triton.__version__}, torch {torch.__version__}")


if __name__ == "__main__":
    main()
