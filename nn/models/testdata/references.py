"""The networks of nn/models in PyTorch, each with its activations layer by layer.

CLIP is written here after Radford et al. (2021), with torch.nn.MultiheadAttention and the
tensor names of the published files, heads 64 wide as there unless told; the others are
torchvision's own classes. Every run_*
function gives a dict from the layer names that nn/models marks to tensors, images with their
channels last.
"""
from collections import OrderedDict

import torch
from torch import nn


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class Block(nn.Module):
    """x += MHA(LN1 x), then x += W2 QuickGELU(W1 LN2 x)."""

    def __init__(self, width, heads):
        super().__init__()
        self.attn = nn.MultiheadAttention(width, heads, batch_first=True)
        self.ln_1 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(OrderedDict(
            c_fc=nn.Linear(width, 4 * width), gelu=QuickGELU(), c_proj=nn.Linear(4 * width, width)))
        self.ln_2 = nn.LayerNorm(width)

    def forward(self, x, mask):
        h = self.ln_1(x)
        x = x + self.attn(h, h, h, need_weights=False, attn_mask=mask)[0]
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):
    def __init__(self, width, layers, heads):
        super().__init__()
        self.resblocks = nn.ModuleList(Block(width, heads) for _ in range(layers))

    def forward(self, x, mask, acts):
        for i, block in enumerate(self.resblocks):
            x = acts[f"blocks.{i}"] = block(x, mask)
        return x


class Visual(nn.Module):
    def __init__(self, image, patch, width, layers, out, head):
        super().__init__()
        scale = width ** -0.5
        self.conv1 = nn.Conv2d(3, width, patch, patch, bias=False)
        self.class_embedding = nn.Parameter(scale * torch.randn(width))
        self.positional_embedding = nn.Parameter(scale * torch.randn(1 + (image // patch) ** 2, width))
        self.ln_pre = nn.LayerNorm(width)
        self.transformer = Transformer(width, layers, width // head)
        self.ln_post = nn.LayerNorm(width)
        self.proj = nn.Parameter(scale * torch.randn(width, out))

    def forward(self, images, acts):
        x = self.conv1(images).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_embedding.expand(len(x), 1, -1), x], 1) + self.positional_embedding
        x = acts["patches"] = self.ln_pre(x)
        x = self.transformer(x, None, acts)
        x = acts["pooled"] = self.ln_post(x[:, 0])
        x = acts["out"] = x @ self.proj
        return x


class CLIP(nn.Module):
    def __init__(self, image, patch, vision_width, vision_layers, vocab, context, text_width, text_layers, out, head=64):
        super().__init__()
        self.visual = Visual(image, patch, vision_width, vision_layers, out, head)
        self.transformer = Transformer(text_width, text_layers, text_width // head)
        self.token_embedding = nn.Embedding(vocab, text_width)
        self.positional_embedding = nn.Parameter(0.01 * torch.randn(context, text_width))
        self.ln_final = nn.LayerNorm(text_width)
        self.text_projection = nn.Parameter(text_width ** -0.5 * torch.randn(text_width, out))
        self.logit_scale = nn.Parameter(torch.tensor(1 / 0.07).log())
        nn.init.normal_(self.token_embedding.weight, std=0.02)
        for block in self.transformer.resblocks:
            stream = text_width ** -0.5 * (2 * text_layers) ** -0.5
            nn.init.normal_(block.attn.in_proj_weight, std=text_width ** -0.5)
            nn.init.normal_(block.attn.out_proj.weight, std=stream)
            nn.init.normal_(block.mlp.c_fc.weight, std=(2 * text_width) ** -0.5)
            nn.init.normal_(block.mlp.c_proj.weight, std=stream)

    def encode_text(self, ids, acts):
        mask = torch.full((ids.shape[1], ids.shape[1]), float("-inf"), dtype=self.positional_embedding.dtype).triu(1)
        x = acts["tokens"] = self.token_embedding(ids) + self.positional_embedding
        x = self.transformer(x, mask, acts)
        # The largest id, the first of equals: what a text is read at.
        end = (ids == ids.max(1, keepdim=True).values).int().argmax(1)
        x = acts["pooled"] = self.ln_final(x[torch.arange(len(x)), end])
        x = acts["out"] = x @ self.text_projection
        return x


@torch.no_grad()
def run_clip(m, images, ids):
    """Layers "image.*" and "text.*", and "logits", the cosines times the logit scale."""
    image, text = {}, {}
    a, b = m.visual(images, image), m.encode_text(ids, text)
    a, b = a / a.norm(dim=1, keepdim=True), b / b.norm(dim=1, keepdim=True)
    acts = {f"image.{k}": v for k, v in image.items()}
    acts.update({f"text.{k}": v for k, v in text.items()})
    acts["logits"] = m.logit_scale.exp() * a @ b.T
    return acts


@torch.no_grad()
def run_resnet(m, images):
    """torchvision's ResNet without its classifier."""
    acts = {"stem": m.relu(m.bn1(m.conv1(images)))}
    x = m.maxpool(acts["stem"])
    for s, stage in enumerate([m.layer1, m.layer2, m.layer3, m.layer4]):
        for i, block in enumerate(stage):
            x = acts[f"layer{s + 1}.{i}"] = block(x)
    acts = {k: v.permute(0, 2, 3, 1) for k, v in acts.items()}
    acts["pooled"] = m.avgpool(x).flatten(1)
    return acts


@torch.no_grad()
def run_vit(m, images):
    """torchvision's VisionTransformer without its classifier."""
    x = m._process_input(images)
    x = torch.cat([m.class_token.expand(len(x), -1, -1), x], 1) + m.encoder.pos_embedding
    acts = {"patches": x}
    for i, block in enumerate(m.encoder.layers):
        x = acts[f"blocks.{i}"] = block(x)
    acts["pooled"] = m.encoder.ln(x)[:, 0]
    return acts
