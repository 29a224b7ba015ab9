"""Makes `src/agents/table.bin`: the words with their vectors, and the weights that tell the sorts of work apart.

    python build.py ../../../src/agents/table.bin

Little-endian: the magic, three counts (dimensions, hidden, concepts), three lexicons (count, ends, text), a byte for each concept that
cuts across, then for each word its scale, its weight (f32) and its vector (i8), then the layers (f32).
"""

import re
import struct
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from corpus import ACROSS, Composer, read
from sentence_model import SentenceModel

HERE = Path(__file__).parent
# Cut across the domains, yet change code of their own: a folder or a port that a task names speaks for its owner all the same.
WITH_CODE = {"mobile", "backend-framework", "webhooks-partners", "import-export", "data-analytics", "data-pipelines", "ml-models"}
DIMENSIONS, HIDDEN, STEPS, BATCH, LONGEST = 96, 256, 4200, 256, 40
WORD_DROPOUT, HIDDEN_DROPOUT, NEAR_BASE = 0.3, 0.3, 0.4
DESCRIPTIONS = 980_762  # texts in which the words of words.txt were counted
ENDINGS = [("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("ly", ""), ("er", "")]


def words_of(text):
    """As `src/agents/words.rs` does it."""
    return re.findall(r"[a-z0-9]+(?:[+#]+)?", text.lower().replace("'s ", " ").replace("n't", " not"))


class Vocabulary:
    """Words, terms and pieces of words, their places in the table, and how common they are."""

    def __init__(self, concepts, tokenizer):
        counts = dict(line.split("\t") for line in (HERE / "words.txt").read_text().splitlines())
        counts = {word: int(count) for word, count in counts.items()}
        texts = [t for c in concepts for t in c.terms + c.tasks + c.templates]
        for text in texts:
            for word in words_of(re.sub(r"\{.\}", " ", text)):
                if not word.isdigit():
                    counts.setdefault(word, 3)
        terms = {" ".join(words_of(term)) for c in concepts for term in c.terms}
        pieces = [p for p in tokenizer.get_vocab() if p.startswith("##") and p[2:].isascii() and p[2:].isalpha() and len(p) > 3]
        self.words = sorted(word for word in counts if len(word) <= 18)
        self.terms = sorted(term for term in terms if 2 <= len(term.split()) <= 3)
        self.pieces = sorted(p[2:] for p in pieces)
        self.word_ids, self.term_ids, self.piece_ids = {}, {}, {}
        first = 0
        for entries, ids in ((self.words, self.word_ids), (self.terms, self.term_ids), (self.pieces, self.piece_ids)):
            ids.update({entry: first + i for i, entry in enumerate(entries)})
            first += len(entries)
        common = [counts[word] / DESCRIPTIONS for word in self.words]
        self.frequency = np.array(common + [1e-5] * len(self.terms) + [3e-5] * len(self.pieces))
        self.known = {}

    def entries(self):
        return self.words + self.terms + self.pieces

    def ids(self, text):
        words = words_of(text)
        windows = [" ".join(words[i : i + n]) for n in (3, 2) for i in range(len(words) - n + 1)]
        ids = [self.term_ids[w] for w in windows if w in self.term_ids]
        for word in words:
            if word not in self.known:
                self.known[word] = self._ids_of_word(word)
            ids += self.known[word]
        return ids[:LONGEST]

    def _ids_of_word(self, word):
        if word in self.word_ids:
            return [self.word_ids[word]]
        if word.isdigit():
            return []
        for ending, instead in ENDINGS:
            stem = word[: -len(ending)]
            if word.endswith(ending) and len(stem) >= 3 and stem + instead in self.word_ids:
                return [self.word_ids[stem + instead]]
        found, i = [], 0
        while i < len(word):
            for j in range(len(word), i + 1, -1):
                piece = word[i:j]
                place = self.word_ids.get(piece) if len(piece) >= 3 else None
                place = self.piece_ids.get(piece) if place is None else place
                if place is not None:
                    found.append(place)
                    i = j
                    break
            else:
                i += 1
        return found


def reduced(vectors, weights):
    """The main directions of the vectors, by how much each word says; each vector of length 1."""
    vectors = vectors - (vectors * weights[:, None]).sum(0) / weights.sum()
    covariance = (vectors * weights[:, None]).T @ vectors / weights.sum()
    _, directions = np.linalg.eigh(covariance)
    vectors = vectors @ directions[:, ::-1][:, :DIMENSIONS]
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def encoded(p, base, ids, mask):
    """The vectors of texts, as `src/agents/encoder.rs` computes them."""
    weights = jnp.exp(jnp.clip(p["w"][ids] + base[ids] @ p["a"], -6, 3)) * mask
    summed = ((base[ids] + p["delta"][ids]) * weights[:, :, None]).sum(1)
    return summed / jnp.sqrt((weights**2).sum(1, keepdims=True) + 0.3)


def trained(concepts, vocabulary, base, rarity):
    """Adam over composed tasks: small moves of the words that are seen, their weights, and the layers."""
    count, rng = len(concepts), np.random.default_rng(5)
    prior = jnp.log(jnp.asarray(rarity.astype(np.float32)))
    normal = lambda *shape: rng.normal(size=shape).astype(np.float32)
    p = {
        "delta": np.zeros_like(base), "w": np.asarray(prior), "a": np.zeros(DIMENSIONS, np.float32),
        "W1": normal(DIMENSIONS, HIDDEN) / np.float32(np.sqrt(DIMENSIONS)), "b1": np.zeros(HIDDEN, np.float32),
        "W2": normal(HIDDEN, count) * np.float32(0.1), "b2": np.zeros(count, np.float32),
        "W3": normal(DIMENSIONS, count) * np.float32(0.1),
    }
    base = jnp.asarray(base)

    def loss(p, ids, mask, wanted, key):
        of_words, of_hidden = jax.random.split(key)
        mask = mask * jax.random.bernoulli(of_words, 1 - WORD_DROPOUT, mask.shape)
        x = encoded(p, base, ids, mask)
        kept = jax.random.bernoulli(of_hidden, 1 - HIDDEN_DROPOUT, (x.shape[0], HIDDEN)) / (1 - HIDDEN_DROPOUT)
        scores = jax.nn.relu(x @ p["W1"] + p["b1"]) * kept @ p["W2"] + p["b2"] + x @ p["W3"]
        fit = -((wanted * 0.95 + 0.05 / count) * jax.nn.log_softmax(scores)).sum(1).mean()
        moved = ((p["delta"][ids] ** 2).sum(-1) * mask).sum() / mask.sum()
        reweighed = ((p["w"][ids] - prior[ids]) ** 2 * mask).sum() / mask.sum()
        size = sum((p[name] ** 2).sum() for name in ("W1", "W2", "W3"))
        return fit + NEAR_BASE * moved + 0.01 * reweighed + 2e-4 * size

    gradient = jax.jit(jax.value_and_grad(loss))

    @jax.jit
    def step(p, m, v, g, t, rate):
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        move = lambda p, m, v: p - rate * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8)
        return jax.tree.map(move, p, m, v), m, v

    p = jax.tree.map(jnp.asarray, p)
    m, v = jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p)
    often = np.array([len(c.tasks) + 2 * len(c.templates) + 10 for c in concepts], float) ** 0.6
    composer, key = Composer(concepts, 1), jax.random.PRNGKey(0)
    for t in range(1, STEPS + 1):
        chosen = rng.choice(count, BATCH, p=often / often.sum())
        ids = np.full((BATCH, LONGEST), -1, np.int32)
        for row, k in enumerate(chosen):
            found = vocabulary.ids(composer.task(concepts[k]))
            ids[row, : len(found)] = found
        key, now = jax.random.split(key)
        value, g = gradient(p, np.maximum(ids, 0), (ids >= 0).astype(np.float32), np.eye(count, dtype=np.float32)[chosen], now)
        p, m, v = step(p, m, v, g, t, 3e-3 * min(1, (STEPS - t) / STEPS * 2))
        if t % 400 == 0:
            print(t, float(value), flush=True)
    p = {name: np.asarray(value) for name, value in p.items()}
    weights = np.exp(np.clip(p["w"] + np.asarray(base) @ p["a"], -6, 3))
    return np.asarray(base) + p["delta"], weights, p


def packed(concepts, vocabulary, vectors, weights, layers):
    def lexicon(entries):
        entries = [entry.encode() for entry in entries]
        assert entries == sorted(entries)
        ends = np.cumsum([0] + [len(entry) for entry in entries])
        return struct.pack("<I", len(entries)) + ends.astype("<u4").tobytes() + b"".join(entries)

    scales = np.abs(vectors).max(1) / 127 + 1e-12
    parts = [b"SGROUTE1", struct.pack("<3I", DIMENSIONS, HIDDEN, len(concepts))]
    parts += [lexicon(entries) for entries in (vocabulary.words, vocabulary.terms, vocabulary.pieces)]
    parts += [bytes(int(concept.name in ACROSS - WITH_CODE) for concept in concepts)]
    parts += [scales.astype("<f4").tobytes(), weights.astype("<f4").tobytes()]
    parts += [np.round(vectors / scales[:, None]).astype(np.int8).tobytes()]
    parts += [layers[name].astype("<f4").tobytes() for name in ("W1", "b1", "W2", "b2", "W3")]
    return b"".join(parts)


def main(out):
    concepts, model = read(), SentenceModel()
    vocabulary = Vocabulary(concepts, model.tokenizer)
    rarity = 1e-3 / (1e-3 + vocabulary.frequency)
    base = reduced(model.encode(vocabulary.entries()), rarity)
    table = packed(concepts, vocabulary, *trained(concepts, vocabulary, base, rarity))
    Path(out).write_bytes(table)
    print(len(table), "bytes,", len(vocabulary.entries()), "entries,", len(concepts), "sorts of work")


if __name__ == "__main__":
    main(sys.argv[1])
