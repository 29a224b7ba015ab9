"""Makes `src/agents/table.bin`: the words with their vectors, and the weights that tell the sorts of work apart.

    python build.py ../../../src/agents/table.bin

Little-endian: the magic, three counts (dimensions, hidden, concepts), three lexicons (count, ends, text), a byte for each concept that
cuts across, then for each word its scale, its weight (f32) and its vector (i8), then the layers (f32).
"""

import struct
import sys
from pathlib import Path

import numpy as np

from corpus import ACROSS, read
from sentence_model import SentenceModel
from training import HIDDEN, trained
from vocabulary import Vocabulary

# Cut across the domains, yet change code of their own: a folder or a port that a task names speaks for its owner all the same.
WITH_CODE = {"mobile", "backend-framework", "webhooks-partners", "import-export", "data-analytics", "data-pipelines", "ml-models"}
DIMENSIONS = 96


def reduced(vectors, weights):
    """The main directions of the vectors, by how much each word says; each vector of length 1."""
    vectors = vectors - (vectors * weights[:, None]).sum(0) / weights.sum()
    covariance = (vectors * weights[:, None]).T @ vectors / weights.sum()
    _, directions = np.linalg.eigh(covariance)
    vectors = vectors @ directions[:, ::-1][:, :DIMENSIONS]
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


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
