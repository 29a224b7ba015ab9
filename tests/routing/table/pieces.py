"""The pieces of words that the reader has, and how a text falls into them."""

import collections
import re

from vocabulary import HERE, longest_pieces

LONGEST = 48
BEGIN, END = 0, 1


def chosen(concepts, tokenizer):
    """Pieces that are common in descriptions of software or in the corpus, and every single letter, digit and sign."""
    pieces = lambda text: tokenizer.encode(text, add_special_tokens=False).tokens
    common, used = collections.Counter(), collections.Counter()
    for line in (HERE / "words.txt").read_text().splitlines():
        word, count = line.split("\t")
        for piece in pieces(word):
            common[piece] += int(count)
    for concept in concepts:
        for text in concept.tasks + concept.templates + concept.terms:
            used.update(pieces(text))
    kept = {piece for piece in common if common[piece] >= 50}
    kept |= {piece for piece in used if used[piece] >= 2 or common[piece] >= 30}
    single = {piece for piece in tokenizer.get_vocab() if len(piece) == 1 or (piece.startswith("##") and len(piece) == 3)}
    return sorted(piece for piece in kept | single if piece.isascii())


class Splitter:
    """As `src/agents/reader/src/pieces.rs` does it."""

    def __init__(self, pieces):
        self.places = {piece: END + 1 + place for place, piece in enumerate(pieces)}
        self.known = {}

    def ids(self, text):
        ids = [BEGIN]
        for word in re.findall(r"[a-z0-9]+|[!-/:-@\[-`{-~]", text.lower()):
            if word not in self.known:
                self.known[word] = self._ids_of_word(word)
            ids += self.known[word]
        return ids[: LONGEST - 1] + [END]

    def _ids_of_word(self, word):
        return longest_pieces(word, lambda piece, at: self.places.get(("##" if at else "") + piece))
