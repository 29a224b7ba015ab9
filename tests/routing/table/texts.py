"""What is trained on: composed tasks as the entries that they are made of, each with its sort of work."""

import numpy as np

from corpus import Composer

TEXTS = 150_000


class Texts:
    """Drawn once; rare sorts of work are drawn more often than they come in the corpus."""

    def __init__(self, concepts, vocabulary, seed):
        rng, composer = np.random.default_rng(seed), Composer(concepts, seed)
        often = np.array([len(c.tasks) + 2 * len(c.templates) + 10 for c in concepts], float) ** 0.6
        texts, sorts = [], []
        for sort in rng.choice(len(concepts), TEXTS, p=often / often.sum()):
            entries = vocabulary.ids(composer.task(concepts[sort]))
            if entries:
                texts.append(np.array(entries, np.int32))
                sorts.append(sort)
        self.sorts, self.entries = np.array(sorts), np.concatenate(texts)
        self.ends = np.cumsum([0] + [len(entries) for entries in texts])

    def batches(self, size, rng):
        """Without end: the entries of a batch, the row of each, and the sorts of work."""
        while True:
            order = rng.permutation(len(self.sorts))
            for first in range(0, len(order) - size, size):
                chosen = order[first : first + size]
                entries = np.concatenate([self.entries[self.ends[i] : self.ends[i + 1]] for i in chosen])
                yield entries, np.repeat(np.arange(size), self.ends[chosen + 1] - self.ends[chosen]), self.sorts[chosen]
