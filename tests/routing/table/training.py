"""Trains the words' vectors and weights, and the layers that tell the sorts of work apart.

The gradients are written out and applied to the words of a batch only, so that it takes a minute of one core.
"""

import numpy as np
from scipy.sparse import csr_matrix

from texts import Texts

HIDDEN, STEPS, BATCH, RATE = 256, 4000, 256, 3e-3
WORD_DROPOUT, HIDDEN_DROPOUT, LABEL_DOUBT = 0.4, 0.3, 0.05
# How strongly a word is held near its first vector and weight, and the layers near zero.
NEAR_BASE, NEAR_WEIGHT, NEAR_ZERO = 0.1, 0.01, 2e-4
LEAST_WEIGHT, MOST_WEIGHT, SOFTENING = -6, 3, 0.3


def shares_of(scores):
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


class Adam:
    """Moves values against their gradients; where `places` are given, those rows only."""

    def __init__(self, values):
        self.first = {name: np.zeros_like(value) for name, value in values.items()}
        self.second = {name: np.zeros_like(value) for name, value in values.items()}
        self.time = 0

    def step(self, values, name, gradient, rate, places=slice(None)):
        first = 0.9 * self.first[name][places] + 0.1 * gradient
        second = 0.999 * self.second[name][places] + 0.001 * gradient**2
        self.first[name][places], self.second[name][places] = first, second
        mean, spread = first / (1 - 0.9**self.time), second / (1 - 0.999**self.time)
        values[name][places] -= rate * mean / (np.sqrt(spread) + 1e-8)


class Model:
    """What is learned: `moves` of the words' first vectors, `weights` as logarithms, and the layers."""

    def __init__(self, base, rarity, count, seed):
        self.rng = np.random.default_rng(seed)
        normal = lambda scale, *shape: (scale * self.rng.normal(size=shape)).astype(np.float32)
        dimensions = base.shape[1]
        self.base, self.prior = base, np.log(rarity).astype(np.float32)
        self.values = {
            "moves": np.zeros_like(base), "weights": self.prior.copy(), "along": np.zeros(dimensions, np.float32),
            "W1": normal(dimensions**-0.5, dimensions, HIDDEN), "b1": np.zeros(HIDDEN, np.float32),
            "W2": normal(0.1, HIDDEN, count), "b2": np.zeros(count, np.float32),
            "W3": normal(0.1, dimensions, count),
        }  # fmt: skip
        self.adam = Adam(self.values)

    def fit(self, texts):
        """Learns the texts. What stays is the mean over the later steps, which depends less on the last few batches."""
        batches, losses, mean, taken = texts.batches(BATCH, self.rng), [], None, 0
        for step in range(1, STEPS + 1):
            losses.append(self.step(*next(batches), RATE * min(1, max(0.3, (STEPS - step) / STEPS * 2))))
            if step > STEPS * 0.6 and step % 20 == 0:
                taken += 1
                mean = mean or {name: value.copy() for name, value in self.values.items()}
                for each, value in self.values.items():
                    mean[each] += (value - mean[each]) / taken
            if step % 500 == 0:
                print(step, round(float(np.mean(losses[-500:])), 3), flush=True)
        self.values = mean

    def step(self, entries, rows, sorts, rate):
        """One move against the gradient of a batch; answers with its loss."""
        p, base, number = self.values, self.base, len(sorts)
        kept = self.rng.random(len(entries)) >= WORD_DROPOUT
        words, place = np.unique(entries[kept], return_inverse=True)
        rows, count = rows[kept], np.bincount(place, minlength=len(words)).astype(np.float32)
        often = count / count.sum()

        logs = p["weights"][words] + base[words] @ p["along"]
        weights = np.exp(np.clip(logs, LEAST_WEIGHT, MOST_WEIGHT))
        vectors = base[words] + p["moves"][words]
        texts = csr_matrix((weights[place], (rows, place)), shape=(number, len(words)))
        length = np.sqrt(np.bincount(rows, weights[place] ** 2, number) + SOFTENING)[:, None].astype(np.float32)
        x = texts @ vectors / length
        inner = x @ p["W1"] + p["b1"]
        opened = (self.rng.random(inner.shape) >= HIDDEN_DROPOUT) * (inner > 0) / np.float32(1 - HIDDEN_DROPOUT)
        hidden = inner * opened
        shares = shares_of(hidden @ p["W2"] + p["b2"] + x @ p["W3"])
        wanted = np.full(shares.shape, LABEL_DOUBT / shares.shape[1], np.float32)
        wanted[np.arange(number), sorts] += 1 - LABEL_DOUBT

        of_scores = (shares - wanted) / number
        of_inner = of_scores @ p["W2"].T * opened
        of_x = of_inner @ p["W1"].T + of_scores @ p["W3"].T
        of_sums, of_length = of_x / length, -(of_x * x).sum(1) / length[:, 0]
        members = csr_matrix((np.ones(len(rows), np.float32), (place, rows)), shape=(len(words), number))
        of_weights = ((members @ of_sums) * vectors).sum(1) + weights * (members @ (of_length / length[:, 0]))
        of_logs = of_weights * weights * ((logs > LEAST_WEIGHT) & (logs < MOST_WEIGHT))
        gradients = {
            "W1": x.T @ of_inner, "b1": of_inner.sum(0), "W2": hidden.T @ of_scores, "b2": of_scores.sum(0),
            "W3": x.T @ of_scores, "along": base[words].T @ of_logs,
        }  # fmt: skip
        for name in ("W1", "W2", "W3"):
            gradients[name] += 2 * NEAR_ZERO * p[name]
        self.adam.time += 1
        for name, gradient in gradients.items():
            self.adam.step(p, name, gradient, rate)
        of_moves = texts.T @ of_sums + 2 * NEAR_BASE * p["moves"][words] * often[:, None]
        self.adam.step(p, "moves", of_moves, rate, words)
        of_logs += 2 * NEAR_WEIGHT * (p["weights"][words] - self.prior[words]) * often
        self.adam.step(p, "weights", of_logs, rate, words)
        return -(wanted * np.log(shares + 1e-12)).sum(1).mean()

    def entries(self):
        """The vectors and weights of all entries as they are used."""
        logs = self.values["weights"] + self.base @ self.values["along"]
        return self.base + self.values["moves"], np.exp(np.clip(logs, LEAST_WEIGHT, MOST_WEIGHT))


def trained(concepts, vocabulary, base, rarity, seed=1):
    """The vectors and weights of all entries, and the layers."""
    model = Model(base, rarity, len(concepts), seed)
    model.fit(Texts(concepts, vocabulary, seed))
    return *model.entries(), model.values
