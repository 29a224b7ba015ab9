"""Trains the reader: first the whole sentence model, then three of its layers with four-bit weights, then those with narrower layers."""

import functools
import hashlib

import jax
import jax.numpy as jnp
import numpy as np

import reader
from corpus import Composer
from pieces import LONGEST, Splitter

BATCH, DOUBT = 32, 0.05
# Of a hundred tasks of the corpus so many are kept out, to measure by.
KEPT_OUT = 8
LAYERS, INNER = (0, 4, 5), 768
WHOLE = {"steps": 750, "rate": 2e-4, "head": 20.0, "seed": 7}
THREE = {"steps": 234, "until": 937, "rate": 2e-4, "head": 10.0, "seed": 7}
NARROW = {"steps": 3560, "rate": 2.5e-4, "head": 10.0, "seed": 21}


def kept_out(concepts):
    """Takes tasks out of the concepts; answers with them and their sorts of work."""
    out = []
    for sort, concept in enumerate(concepts):
        is_out = lambda task: int(hashlib.md5(task.encode()).hexdigest(), 16) % 100 < KEPT_OUT
        out += [(task, sort) for task in concept.tasks if is_out(task)]
        concept.tasks = [task for task in concept.tasks if not is_out(task)]
    return out


def laid_out(texts, step=4):
    length = min(LONGEST, (max(map(len, texts)) + step - 1) // step * step)
    ids, mask = np.zeros((len(texts), length), np.int32), np.zeros((len(texts), length), np.float32)
    for row, text in enumerate(texts):
        ids[row, : len(text)], mask[row, : len(text)] = text, 1
    return ids, mask


def batches(concepts, split, seed):
    """Without end: composed tasks of about the same length, and their sorts of work."""
    rng, composer = np.random.default_rng(seed), Composer(concepts, seed)
    often = np.array([len(c.tasks) + 2 * len(c.templates) + 10 for c in concepts], float) ** 0.6
    while True:
        sorts = rng.choice(len(concepts), BATCH * 16, p=often / often.sum())
        texts = sorted(((split(composer.task(concepts[sort])), sort) for sort in sorts), key=lambda text: len(text[0]))
        for first in rng.permutation(16) * BATCH:
            ids, mask = laid_out([text for text, _ in texts[first : first + BATCH]])
            yield ids, mask, np.array([sort for _, sort in texts[first : first + BATCH]])


def fitted(scores, values, batches, stage):
    """Values moved by Adam against the gradient of the loss; the head moves faster, for it starts from nothing."""
    steps, rate, until = stage["steps"], stage["rate"], stage.get("until", stage["steps"])
    faster = {name: stage["head"] if name.startswith("head") else 1.0 for name in values}

    def loss(values, ids, mask, sorts, key):
        logs = jax.nn.log_softmax(scores(values, ids, mask, key))
        return -((1 - DOUBT) * jnp.take_along_axis(logs, sorts[:, None], 1)[:, 0] + DOUBT * logs.mean(1)).mean()

    @functools.partial(jax.jit, donate_argnums=(0, 1, 2))
    def step(values, first, second, batch, key, rate, time):
        value, gradient = jax.value_and_grad(loss)(values, *batch, key)
        short = jnp.minimum(1, 1 / jnp.sqrt(sum((each**2).sum() for each in gradient.values())))
        first = {name: 0.9 * first[name] + 0.1 * short * gradient[name] for name in values}
        second = {name: 0.98 * second[name] + 0.02 * (short * gradient[name]) ** 2 for name in values}
        move = lambda name: first[name] / (1 - 0.9**time) / (jnp.sqrt(second[name] / (1 - 0.98**time)) + 1e-8)
        moved = {name: values[name] - rate * faster[name] * (move(name) + 0.01 * values[name]) for name in values}
        return moved, first, second, value

    values = {name: jnp.array(value) for name, value in values.items()}
    nothing = lambda: {name: jnp.zeros_like(value) for name, value in values.items()}
    first, second, key, losses = nothing(), nothing(), jax.random.PRNGKey(1), []
    for time in range(1, steps + 1):
        key, drop = jax.random.split(key)
        now = rate * min(1, time / 60) * max(0.02, 1 - time / until)
        values, first, second, value = step(values, first, second, next(batches), drop, now, time)
        losses.append(float(value))
        if time % 100 == 0:
            print(time, round(float(np.mean(losses[-100:])), 3), flush=True)
    return values


def trained(concepts, model, pieces):
    """The values of the reader and the vectors of what a text begins and ends with and of the pieces."""
    nothing = {"head.w": jnp.zeros((model.width, len(concepts))), "head.b": jnp.zeros(len(concepts))}

    def whole(values, ids, mask, key):
        return reader.dropped(model.forward(values, ids, mask), key) @ values["head.w"] + values["head.b"]

    texts = batches(concepts, lambda text: model.tokenizer.encode(text).ids[:40], WHOLE["seed"])
    weights = fitted(whole, model.weights | nothing, texts, WHOLE)

    places = model.tokenizer.get_vocab()
    rows = np.array([places[piece] for piece in ["[CLS]", "[SEP]", *pieces]])
    vectors = reader.rounded(weights["embeddings.word_embeddings.weight"][rows])
    split, of_pieces = Splitter(pieces).ids, lambda values, ids, mask, key: reader.scores(values, vectors, ids, mask, key)
    values = reader.of_sentence_model(weights, LAYERS, LONGEST)
    values = fitted(of_pieces, values, batches(concepts, split, THREE["seed"]), THREE)

    texts = batches(concepts, split, 55)
    ids, mask = laid_out([row[keep > 0].tolist() for _ in range(6) for row, keep in zip(*next(texts)[:2])])
    values = reader.narrowed(values, vectors, ids, mask, INNER)
    return fitted(of_pieces, values, batches(concepts, split, NARROW["seed"]), NARROW), vectors
