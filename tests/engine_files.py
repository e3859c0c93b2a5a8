"""Indexes of token ids written the obvious way, in infini-gram's format."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np


def write_index(
    folder: Path,
    shards: Sequence[Sequence[Sequence[int]]],
    width: int,
    *,
    backwards: bool = False,
    metadata: bool = False,
) -> Path:
    """Write documents of token ids, shard by shard, sorting suffixes by comparing them."""
    folder.mkdir(parents=True, exist_ok=True)
    separator = b"\xff" * width
    for number, documents in enumerate(shards):
        stream, starts, lines, line_starts = b"", [], b"", []
        for i, ids in enumerate(documents):
            starts.append(len(stream))
            stream += separator
            ordered = list(ids)[::-1] if backwards else list(ids)
            stream += np.array(ordered, f"<u{width}").tobytes()
            line_starts.append(len(lines))
            lines += json.dumps({"shard": number, "document": i}).encode() + b"\n"
        places = sorted(range(0, len(stream), width), key=lambda place: stream[place:])
        size = max(1, math.ceil(math.log2(len(stream)) / 8))
        (folder / f"tokenized.{number}").write_bytes(stream)
        (folder / f"table.{number}").write_bytes(
            b"".join(place.to_bytes(size, "little") for place in places)
        )
        np.array(starts, "<u8").tofile(folder / f"offset.{number}")
        if metadata:
            (folder / f"metadata.{number}").write_bytes(lines)
            np.array(line_starts, "<u8").tofile(folder / f"metaoff.{number}")
    return folder


def random_documents(
    chance: random.Random, n_documents: int, alphabet: Sequence[int], longest: int = 60
) -> list[list[int]]:
    """Return documents of 0 to `longest` tokens, some of them repeating a part of another."""
    documents: list[list[int]] = []
    for _ in range(n_documents):
        ids = chance.choices(alphabet, k=chance.randint(0, longest))
        if documents and chance.random() < 0.3:
            source = chance.choice(documents)
            cut = chance.randint(0, len(source))
            ids[:0] = source[cut : cut + 20]
        documents.append(ids)
    return documents


def random_query(
    chance: random.Random,
    documents: Sequence[Sequence[int]],
    alphabet: Sequence[int],
    most: int = 6,
) -> list[int]:
    """Return a piece of a document, sometimes with a token changed."""
    source = chance.choice([ids for ids in documents if ids] or [list(alphabet)])
    start = chance.randrange(len(source))
    query = list(source[start : start + chance.randint(1, most)])
    if chance.random() < 0.3:
        query[chance.randrange(len(query))] = chance.choice(alphabet)
    return query


def write_tokenizer(path: Path, extra: int = 0) -> Path:
    """Write a small byte-level tokenizer; `extra` tokens make its vocabulary larger."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<eos>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    text = "the capital of France is Paris and the capital of Peru is Lima " * 3
    tokenizer.train_from_iterator([text], trainer)
    tokenizer.add_tokens([f"<{i}>" for i in range(extra)])
    tokenizer.save(str(path))
    return path
