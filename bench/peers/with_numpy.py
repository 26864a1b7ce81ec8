"""NumPy's side of `mindgap bench peers`; see serve.py for what it is asked.

All pairs are taken in blocks of rows, upper triangle only, with the block size and the forms that
were fastest among several (bincount of scaled cosines is twice as fast as np.histogram).
"""
import json
import os

import serve

BLOCK = 128


def matmul(np, x, sizes):
    b = x["b"].T if sizes["NT"] else x["b"]
    out = {}

    def run():
        out.clear()
        out["c"] = x["a"] @ b

    return run, lambda: out


def unit(np, x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def above_diagonal(np, x, other, visit):
    """Calls visit with the cosines of each block of rows and all rows from the first of them on;
    other stands in place of what is not above the diagonal."""
    for i in range(0, len(x), BLOCK):
        s = x[i:i + BLOCK] @ x[i:].T
        s[:, :len(s)][np.tril_indices(len(s))] = other
        visit(s.ravel())


def pairs(np, x, sizes):
    """Mean and variance of the cosines of all pairs."""
    out = {}

    def run():
        u = unit(np, x["x"])
        total, squares = [], []

        def visit(s):
            total.append(s.sum(dtype=np.float64))
            squares.append(float(np.dot(s, s)))

        above_diagonal(np, u, 0, visit)
        count = len(u) * (len(u) - 1) / 2
        mean = sum(total) / count
        out["mean"], out["variance"] = np.array([mean]), np.array([sum(squares) / count - mean * mean])

    return run, lambda: out


def mean(np, x, sizes):
    """Their mean alone."""
    out = {}

    def run():
        u = unit(np, x["x"])
        total = []
        above_diagonal(np, u, 0, lambda s: total.append(s.sum(dtype=np.float64)))
        out["mean"] = np.array([sum(total) / (len(u) * (len(u) - 1) / 2)])

    return run, lambda: out


def whole(np, x, sizes):
    """Mean and variance as most would write them: all N x N cosines at once."""
    out = {}

    def run():
        u = unit(np, x["x"])
        s = u @ u.T
        n = len(u)
        np.fill_diagonal(s, 0)
        mean = s.sum(dtype=np.float64) / (n * (n - 1))
        out["mean"] = np.array([mean])
        if not sizes["Mean"]:
            out["variance"] = np.array([float(np.dot(s.ravel(), s.ravel())) / (n * (n - 1)) - mean * mean])

    return run, lambda: out


def histogram_by_name(np, x, sizes):
    """As histogram, by np.histogram, which is what most would write."""
    bins, out = sizes["Bins"], {}

    def run():
        counts = np.zeros(bins, np.int64)
        rows = x["x"]

        def visit(s):
            counts[:] += np.histogram(s, bins=bins, range=(-1, 1))[0]

        above_diagonal(np, rows, 2, visit)  # beyond the range: not counted
        out["counts"] = counts.astype(np.float64)

    return run, lambda: out


def histogram(np, x, sizes):
    """Counts of the cosines of all pairs in bins of equal width over -1..1."""
    bins, out = sizes["Bins"], {}

    def run():
        counts = np.zeros(bins + 1, np.int64)

        def visit(s):
            s += 1
            s *= bins / 2
            counts[:] += np.bincount(s.astype(np.int32), minlength=bins + 1)[:bins + 1]

        above_diagonal(np, x["x"], 1, visit)  # a cosine of 1 is counted in the bin beyond the last
        out["counts"] = counts[:bins].astype(np.float64)

    return run, lambda: out


WORKS = {"matmul": matmul, "pairs": pairs, "mean": mean, "whole": whole, "histogram": histogram, "histogram_by_name": histogram_by_name}


def main():
    work, folder, _, threads, limit, sizes = serve.arguments()
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    try:
        import numpy as np
    except ImportError:
        print(json.dumps({"missing": ["numpy"]}), flush=True)
        return
    inputs = {f[:-4]: np.load(os.path.join(folder, f)) for f in os.listdir(folder) if f.endswith(".npy") and "." not in f[:-4]}
    run, results = WORKS[work](np, inputs, sizes)
    serve.serve(f"numpy {np.__version__}", run, results, folder, limit)


main()
