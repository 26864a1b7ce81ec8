"""One value of each kind, pickled by CPython 3.11 in every protocol that is read.

    cd testdata && /usr/bin/python3 values.py
"""
import pickle

text = "é"
for protocol in range(1, 6):
    value = [
        1, -1, 300, 70000, 2**40, -(2**40), 2**62 if protocol == 1 else 2**70, 1.5, text, "x" * 300, b"ab", b"c" * 300,
        (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), {"k": None, 7: [True, False]}, {3}, frozenset({2}), bytearray(b"x"), text,
    ]
    with open(f"protocol{protocol}.pickle", "wb") as f:
        pickle.dump(value, f, protocol=protocol)
