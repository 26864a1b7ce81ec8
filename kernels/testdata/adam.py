"""Makes adam.json: eight steps of PyTorch's Adam and AdamW in float64, with gradients whose
sizes differ by 10^6, and the factors of clip_grad_norm_. Needs PyTorch (made with 1.13)."""
import json

import torch

torch.manual_seed(1)
p0 = torch.randn(6, dtype=torch.float64).float().double()
grads = (torch.randn(8, 6, dtype=torch.float64) * 10.0 ** torch.arange(-4, 2)).float().double()
settings = {
    "adam": (torch.optim.Adam, dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8)),
    "adam, decay": (torch.optim.Adam, dict(lr=0.01, betas=(0.9, 0.98), eps=1e-6, weight_decay=0.1)),
    "adamw": (torch.optim.AdamW, dict(lr=0.02, betas=(0.8, 0.98), eps=1e-6, weight_decay=0.2)),
}
runs = {}
for name, (kind, options) in settings.items():
    p = p0.clone().requires_grad_()
    optimizer = kind([p], **options)
    runs[name] = []
    for g in grads:
        p.grad = g.clone()
        optimizer.step()
        runs[name].append(p.tolist())
clips = []
for limit in (0.5, 5.0, 100.0):
    p = torch.zeros(6, dtype=torch.float64, requires_grad=True)
    p.grad = grads[0].clone()
    norm = torch.nn.utils.clip_grad_norm_([p], limit)
    clips.append({"limit": limit, "norm": norm.item(), "clipped": p.grad.tolist()})
with open("adam.json", "w") as f:
    json.dump({"p": p0.tolist(), "grads": grads.tolist(), "runs": runs, "clips": clips}, f, indent=1)
    f.write("\n")
