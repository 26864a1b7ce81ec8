#!/usr/bin/env python2.7
"""Makes CIFAR's python version as its publisher did: by cPickle of Python 2, protocol 2.

numpy is not needed: three stand-ins pickle under its names and with its states, so that the
opcodes are those of a numpy array of Python 2. Pixels follow the formula of make.py.
"""
import cPickle
import gzip
import io
import sys
import tarfile
import types


class ndarray(object):
    def __init__(self, shape, data, fortran):
        self.state = (1, shape, dtype("u1", 0, 1), fortran, data)

    def __reduce__(self):
        return _reconstruct, (ndarray, (0,), "b"), self.state


class dtype(object):
    def __init__(self, *args):
        self.args = args

    def __reduce__(self):
        return dtype, self.args, (3, "|", None, None, None, -1, -1, 0)


def _reconstruct(*args):
    raise NotImplementedError


numpy, core, multiarray = [types.ModuleType(n) for n in ("numpy", "numpy.core", "numpy.core.multiarray")]
numpy.ndarray, numpy.dtype, multiarray._reconstruct = ndarray, dtype, _reconstruct
ndarray.__module__ = dtype.__module__ = "numpy"
_reconstruct.__module__ = "numpy.core.multiarray"
sys.modules.update({m.__name__: m for m in (numpy, core, multiarray)})


def planes(n):
    return bytearray((7 * n + 3 * y + 5 * x + 11 * c) % 256 for c in range(3) for y in range(32) for x in range(32))


def array(ns, fortran=False):
    rows = [planes(n) for n in ns]
    if fortran:
        data = bytearray(row[k] for k in range(3072) for row in rows)
    else:
        data = bytearray().join(rows)
    return ndarray((len(rows), 3072), str(data), fortran)


def batch(ns, labels, name):
    return {"batch_label": name, "labels": labels, "data": array(ns), "filenames": ["image_s_%06d.png" % n for n in ns]}


def archive(path, members):
    raw = io.BytesIO()
    t = tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT)
    for name, obj in members:
        data = cPickle.dumps(obj, 2)
        info = tarfile.TarInfo(name)
        info.size = len(data)
        t.addfile(info, io.BytesIO(data))
    t.close()
    with open(path, "wb") as f:
        z = gzip.GzipFile("", "wb", 9, f, 0)
        z.write(raw.getvalue())
        z.close()


ten = [("cifar-10-batches-py/batches.meta", {"label_names": ["airplane"], "num_cases_per_batch": 1, "num_vis": 3072})]
for b in 4, 3, 2, 5, 1:
    ten.append(("cifar-10-batches-py/data_batch_%d" % b, batch([b], [b + 2], "training batch %d of 5" % b)))
ten.append(("cifar-10-batches-py/test_batch", batch([10, 11, 12], [3, 9, 0], "testing batch 1 of 1")))
archive("cifar-10-python.tar.gz", ten)

hundred = []
for name, ns, fine, coarse, fortran in ("train", [1, 2], [19, 29], [11, 15], False), ("test", [10, 11], [49, 99], [10, 10], True):
    hundred.append(("cifar-100-python/" + name, {"filenames": ["x.png"] * len(ns), "batch_label": name, "fine_labels": fine,
                                                 "coarse_labels": coarse, "data": array(ns, fortran)}))
archive("cifar-100-python.tar.gz", hundred)
