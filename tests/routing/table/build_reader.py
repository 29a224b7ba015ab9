"""Makes `src/agents/reader.bin`: what the reader reads tasks with.

    python build_reader.py ../../../src/agents/reader.bin

Little-endian: the magic, six counts (width, inner width, heads, layers, longest text, sorts of work), the pieces (count, ends, text),
their vectors after those of a text's begin and end, the places (f32) and their norm, then for each layer the four matrices of attention, a
norm, two matrices and a norm, then the weights and the bias of each sort of work (f32). A matrix is a scale for each row (f32), two
numbers in each byte, the lower four bits for the first half of a row, each plus 8, and a bias (f32); the vectors have no bias. A
norm is its factors and what it adds (f32).
"""

import struct
import sys
from pathlib import Path

import numpy as np

import reader
from corpus import read
from pieces import LONGEST, Splitter, chosen
from reader_training import kept_out, laid_out, trained
from sentence_model import SentenceModel


def floats(values):
    return np.asarray(values).astype("<f4").tobytes()


def rows(values):
    numbers = np.asarray(reader.numbers_of(values)).astype(int) + 8
    half = numbers.shape[1] // 2
    return floats(reader.scale_of(values)) + (numbers[:, :half] | numbers[:, half:] << 4).astype(np.uint8).tobytes()


def packed(values, vectors, pieces):
    texts = [piece.encode() for piece in pieces]
    counts = [vectors.shape[1], len(values["0.i.b"]), reader.HEADS, reader.depth(values), LONGEST, len(values["head.b"])]
    parts = [b"SGREAD01", struct.pack("<7I", *counts, len(texts))]
    parts += [np.cumsum([0] + [len(text) for text in texts]).astype("<u4").tobytes(), *texts, rows(vectors)]
    parts += [floats(values[name]) for name in ("places", "n.w", "n.b")]
    for layer in range(counts[3]):
        for name in ("q", "k", "v", "o", "n1", "i", "f", "n2"):
            write = floats if name.startswith("n") else rows
            parts += [write(values[f"{layer}.{name}.w"]), floats(values[f"{layer}.{name}.b"])]
    return b"".join([*parts, floats(values["head.w"]), floats(values["head.b"])])


def main(out):
    concepts, model = read(), SentenceModel()
    pieces, measured = chosen(concepts, model.tokenizer), kept_out(concepts)
    values, vectors = trained(concepts, model, pieces)
    Path(out).write_bytes(packed(values, vectors, pieces))
    split, right = Splitter(pieces).ids, 0
    for text, sort in measured:
        ids, mask = laid_out([split(text)])
        right += int(reader.scores(values, vectors, ids, mask).argmax()) == sort
    print(f"right sort of work for {right} of {len(measured)} tasks that were kept out")


if __name__ == "__main__":
    main(sys.argv[1])
