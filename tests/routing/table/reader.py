"""The reader in JAX, as `src/agents/reader/` of this repository computes it: weights are four-bit numbers times a scale for each row."""

import jax
import jax.numpy as jnp
import numpy as np

LEVELS, STEP = 7, 0.37  # the numbers are -7 to 7; one is worth so much of a row's root mean square
HEADS, DROPOUT = 12, 0.1
NAMES = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "o": "attention.output.dense",
    "i": "intermediate.dense", "f": "output.dense", "n1": "attention.output.LayerNorm", "n2": "output.LayerNorm",
}  # fmt: skip


def scale_of(rows):
    return STEP * jnp.sqrt((rows**2).mean(-1, keepdims=True) + 1e-12)


def numbers_of(rows):
    return jnp.clip(jnp.round(rows / scale_of(rows)), -LEVELS, LEVELS)


def rounded(rows):
    """What four bits keep of some rows. The gradient passes as if nothing were rounded."""
    return rows + jax.lax.stop_gradient(numbers_of(rows) * scale_of(rows) - rows)


def of_sentence_model(weights, layers, longest):
    """Some layers of a sentence model with a head, as values of a reader."""
    e = "embeddings."
    values = {"places": weights[e + "position_embeddings.weight"][:longest] + weights[e + "token_type_embeddings.weight"][0]}
    values |= {"n.w": weights[e + "LayerNorm.weight"], "n.b": weights[e + "LayerNorm.bias"]}
    for to, layer in enumerate(layers):
        for short, name in NAMES.items():
            for end in ("w", "b"):
                values[f"{to}.{short}.{end}"] = weights[f"encoder.layer.{layer}.{name}.{'weight' if end == 'w' else 'bias'}"]
    return values | {"head.w": weights["head.w"].T, "head.b": weights["head.b"]}


def depth(values):
    return sum(name.endswith(".n2.w") for name in values)


def normed(rows, values, name):
    centred = rows - rows.mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt((centred**2).mean(-1, keepdims=True) + 1e-12) * values[name + ".w"] + values[name + ".b"]


def dropped(rows, key):
    return rows if key is None else rows * jax.random.bernoulli(key, 1 - DROPOUT, rows.shape) / (1 - DROPOUT)


def linear(rows, values, name):
    return rows @ rounded(values[name + ".w"]).T + values[name + ".b"]


def scores(values, vectors, ids, mask, key=None, watched=None):
    """A score for each sort of work; `watched` gathers what the inner values of each layer are."""
    keys = [None] * 16 if key is None else jax.random.split(key, 16)
    rows = normed(vectors[ids] + values["places"][: ids.shape[1]], values, "n")
    batch, length, width = rows.shape
    hidden = (1 - mask)[:, None, None, :] * -1e9
    for layer in range(depth(values)):
        p = f"{layer}."
        q, k, v = (linear(rows, values, p + name).reshape(batch, length, HEADS, -1) for name in "qkv")
        shares = jax.nn.softmax(jnp.einsum("bthd,bshd->bhts", q, k) / q.shape[-1] ** 0.5 + hidden, -1)
        mixed = linear(jnp.einsum("bhts,bshd->bthd", shares, v).reshape(batch, length, width), values, p + "o")
        rows = normed(rows + dropped(mixed, keys[2 * layer]), values, p + "n1")
        inner = linear(rows, values, p + "i")
        inner = inner * jax.nn.sigmoid(1.702 * inner)
        if watched is not None:
            watched.append(inner)
        rows = normed(rows + dropped(linear(inner, values, p + "f"), keys[2 * layer + 1]), values, p + "n2")
    mean = (rows * mask[:, :, None]).sum(1) / mask.sum(1)[:, None]
    return dropped(mean, keys[15]) @ values["head.w"].T + values["head.b"]


def narrowed(values, vectors, ids, mask, inner):
    """The reader with fewer inner values in each layer: those that change most of what comes out. The others become what they are on average."""
    watched, values = [], {name: np.array(value) for name, value in values.items()}
    scores(values, vectors, ids, mask, watched=watched)
    for layer, seen in enumerate(np.asarray(each)[mask > 0] for each in watched):
        outer = values[f"{layer}.f.w"]
        order = np.argsort(-seen.var(0) * (outer**2).sum(0))
        kept, gone = np.sort(order[:inner]), order[inner:]
        values[f"{layer}.f.b"] += outer[:, gone] @ seen.mean(0)[gone]
        values[f"{layer}.f.w"] = outer[:, kept]
        values[f"{layer}.i.w"], values[f"{layer}.i.b"] = values[f"{layer}.i.w"][kept], values[f"{layer}.i.b"][kept]
    return values
