"""What PyTorch computes in small networks of every kind in nn/models, layer by layer.

Made with Debian 12's python3-torch 1.13.0, python3-torchvision 0.14.1 and numpy 1.24.2:

    cd testdata && /usr/bin/python3 parity.py

For every network NAME.txt lists the tensors of its checkpoint as PyTorch names and shapes
them, one a line: name, offset, scale, sizes. The numbers come from a formula (see draw) which
parity_test.go has too, so that no weights are kept. NAME.npz holds the token ids and the
activations, computed in float64 and rounded once.
"""
import sys

import numpy as np
import torch
import torchvision
from torchvision.models.resnet import BasicBlock, Bottleneck

sys.dont_write_bytecode = True  # no folders of Python's among the sources
import references

FNV_BASIS, FNV_PRIME, MASK = 0xCBF29CE484222325, 0x100000001B3, 2**64 - 1


def draw(name, offset, scale, shape):
    """offset + scale u, u = -1 .. 1 in steps of 2^-23 by splitmix64 from FNV-1a of the name."""
    seed = FNV_BASIS
    for byte in name.encode():
        seed = (seed ^ byte) * FNV_PRIME & MASK
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, int(np.prod(shape)) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    u = ((z >> np.uint64(40)).astype(np.int64) - 2**23) * 2.0**-23
    return torch.from_numpy((offset + scale * u).astype(np.float32).reshape(shape))


def range_of(name, shape):
    """Offset and scale of a tensor, such that every layer matters to the next, and variances
    before the norms are so small that another epsilon would show."""
    if name.endswith("logit_scale"):
        return 2, 0.5
    if name.endswith("running_var"):
        return 0.1, 0.09
    if "conv_proj.bias" in name:
        return 0, 0.1
    if len(shape) == 1:  # gains are about 1, biases, means and class tokens about 0
        return (1 if name.endswith("weight") else 0), 0.5
    if len(shape) == 4:
        return 0, (0.3 if shape[3] == 8 else 1) / np.prod(shape[1:]) ** 0.5  # patches; convolutions
    if "embed" in name:
        return 0, 0.2
    return 0, 2.5 / np.prod(shape[1:]) ** 0.5  # of variance 2/fan in


def weights(names_and_shapes):
    """The list of a checkpoint's tensors, and the tensors."""
    lines, state = [], {}
    for name, shape in names_and_shapes:
        offset, scale = range_of(name, shape)
        scale = float(f"{scale:.4g}")
        lines.append(f"{name} {offset} {scale} {'x'.join(map(str, shape))}".rstrip())
        state[name] = draw(name, offset, scale, shape)
    return lines, state


def tensors(m):
    return [(k, tuple(v.shape)) for k, v in m.state_dict().items() if not k.endswith("num_batches_tracked")]


def write(name, lines, acts):
    with open(f"{name}.txt", "w") as f:
        f.write("\n".join(lines) + "\n")
    np.savez_compressed(name, **{k: (v if k == "ids" else v.float()).contiguous().numpy() for k, v in acts.items()})


def images(n, height, width):
    """N x H x W x 3 by the formula, as PyTorch wants them."""
    return draw("images", 0, 2, (n, height, width, 3)).permute(0, 3, 1, 2).double()


def load(m, state):
    lost = m.load_state_dict(state, strict=False)
    assert not lost.unexpected_keys and all(k.endswith("num_batches_tracked") for k in lost.missing_keys), lost
    return m.double().eval()


def resnet(name, block, layers):
    m = torchvision.models.ResNet(block, [1, 1, 1, 1], num_classes=3)
    # The class takes its first width from inplanes, which its constructor sets to 64: narrow
    # stages are made by the class's own method.
    m.inplanes = 8
    m.conv1, m.bn1 = torch.nn.Conv2d(3, 8, 7, 2, 3, bias=False), torch.nn.BatchNorm2d(8)
    for s, n in enumerate(layers):
        setattr(m, f"layer{s + 1}", m._make_layer(block, 8 << s, n, stride=1 + (s > 0)))
    m.fc = torch.nn.Linear(64 * block.expansion, 3)
    lines, state = weights(tensors(m))
    # Sides of 40 pixels are halved to odd ones.
    write(name, lines, references.run_resnet(load(m, state), images(2, 40, 32)))


def vit():
    m = torchvision.models.VisionTransformer(image_size=24, patch_size=8, num_layers=2, num_heads=2, hidden_dim=128, mlp_dim=192, num_classes=3)
    lines, state = weights(tensors(m))
    write("vit", lines, references.run_vit(load(m, state), images(2, 24, 24)))
    # The files published first: torchvision renames their tensors as it loads them.
    first = [(k.replace("mlp.0.", "mlp.linear_1.").replace("mlp.3.", "mlp.linear_2."), s) for k, s in tensors(m)]
    lines, state = weights(first)
    acts = references.run_vit(load(m, state), images(2, 24, 24))
    write("vit_first", lines, {"pooled": acts["pooled"]})


IDS = torch.tensor([
    [48, 3, 17, 5, 22, 49, 0, 0, 0, 0, 0, 0],  # a text between its marks, then padding
    [7, 31, 44, 2, 44, 9, 12, 44, 1, 0, 30, 8],  # the largest id thrice: read at the first
    [4, 9, 1, 12, 40, 6, 2, 20, 33, 11, 5, 47],  # read at the end
])


def huggingface(names_and_shapes):
    """The tensors of Hugging Face's CLIP: projections of queries, keys and values apart,
    embeddings as layers of their own, and linear layers in place of matrices. Each comes with
    the place where it belongs in the published network: name, rows, transposed."""
    fixed = {
        "visual.class_embedding": "vision_model.embeddings.class_embedding",
        "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
        "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
        "visual.ln_pre": "vision_model.pre_layrnorm",
        "visual.ln_post": "vision_model.post_layernorm",
        "visual.proj": "visual_projection.weight",
        "visual.transformer.resblocks": "vision_model.encoder.layers",
        "transformer.resblocks": "text_model.encoder.layers",
        "token_embedding": "text_model.embeddings.token_embedding",
        "positional_embedding": "text_model.embeddings.position_embedding.weight",
        "ln_final": "text_model.final_layer_norm",
        "text_projection": "text_projection.weight",
        ".attn.out_proj": ".self_attn.out_proj",
        ".ln_1": ".layer_norm1", ".ln_2": ".layer_norm2",
        ".mlp.c_fc": ".mlp.fc1", ".mlp.c_proj": ".mlp.fc2",
    }
    for name, shape in names_and_shapes:
        theirs = name
        for ours, other in fixed.items():
            if theirs.startswith(ours) or ours[0] == ".":
                theirs = theirs.replace(ours, other, 1)
        if name.endswith("proj") and len(shape) == 2 or name == "text_projection":
            yield theirs, shape[::-1], (name, None, True)
        elif ".attn.in_proj_" in name:
            n = shape[0] // 3
            for i, x in enumerate("qkv"):
                yield theirs.replace(".attn.in_proj_", f".self_attn.{x}_proj."), (n,) + shape[1:], (name, slice(i * n, (i + 1) * n), False)
        else:
            yield theirs, shape, (name, None, False)


def clip():
    sizes = dict(image=32, patch=8, vision_width=128, vision_layers=2, vocab=50, context=12, text_width=128, text_layers=2, out=32)
    m = references.CLIP(**sizes)
    lines, state = weights(tensors(m))
    write("clip", lines, {"ids": IDS, **references.run_clip(load(m, state), images(2, 32, 32), IDS)})

    m = references.CLIP(**sizes)
    listed = list(huggingface(tensors(m)))
    lines, theirs = weights([(name, shape) for name, shape, _ in listed])
    state = m.state_dict()
    for name, _, (ours, rows, turned) in listed:
        place = state[ours] if rows is None else state[ours][rows]
        place.copy_(theirs[name].T if turned else theirs[name])
    acts = references.run_clip(load(m, state), images(2, 32, 32), IDS)
    write("clip_huggingface", lines, {k: acts[k] for k in ("image.out", "text.out", "logits")})


resnet("resnet_basic", BasicBlock, [2, 2, 2, 2])
resnet("resnet_bottleneck", Bottleneck, [2, 2, 2, 2])
vit()
clip()
