"""Which peers of `mindgap bench peers` this Python has: one line of JSON, name to version, null
for what is missing; "cuda" names the GPU that PyTorch sees.
"""
import importlib
import json

import serve  # which leaves interrupts to mindgap

found = {"cuda": None}
for name in ("numpy", "torch", "torchvision", "triton"):
    try:
        found[name] = importlib.import_module(name).__version__
    except Exception:  # a library that is there and broken is as good as missing
        found[name] = None
if found["torch"]:
    import torch

    if torch.cuda.is_available():
        found["cuda"] = torch.cuda.get_device_name(0)
print(json.dumps(found), flush=True)
