"""The words, terms and pieces of words that the table has, and what of them a text is made of."""

import re
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
LONGEST = 40
DESCRIPTIONS = 980_762  # texts in which the words of words.txt were counted
ENDINGS = [("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("ly", ""), ("er", "")]


def words_of(text):
    """As `src/agents/words.rs` does it."""
    return re.findall(r"[a-z0-9]+(?:[+#]+)?", text.lower().replace("'s ", " ").replace("n't", " not"))


def longest_pieces(word, place, shortest=1):
    """The places of the longest pieces that a word is made of, from its front. `place` gives that of a piece, or None; it is told where it begins."""
    found, i = [], 0
    while i < len(word):
        for j in range(len(word), i + shortest - 1, -1):
            at = place(word[i:j], i)
            if at is not None:
                found.append(at)
                i = j
                break
        else:
            i += 1
    return found


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
        def place(piece, _):
            whole = self.word_ids.get(piece) if len(piece) >= 3 else None
            return self.piece_ids.get(piece) if whole is None else whole

        return longest_pieces(word, place, shortest=2)
