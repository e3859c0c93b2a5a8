"""Words and the one or two 16-bit units that stand for each in the token stream.

A 16-bit stream holds any vocabulary as UTF-16 does: the most frequent words take one unit, every
other word a lead unit and a trail unit from two reserved ranges. A match that starts with a word
can therefore never start or end inside another one.

Units, in order: words of one unit, leads, trails, then 65534 for words that are not in the corpus
(it never occurs in a stream) and 65535, infini-gram's document separator.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus_engine import layout
from corpus_engine.errors import BuildError, IndexFormatError
from corpus_engine.mapped import MappedFile

SEPARATOR = b"\xff\xff"
UNKNOWN = b"\xfe\xff"
_USABLE_UNITS = 65534
_REMEMBERED_WORDS = 1 << 20


@dataclass(frozen=True, slots=True)
class UnitRanges:
    """How the 16-bit units are divided for a vocabulary."""

    n_singles: int
    """Words of one unit; their units are 0 to this, exclusive."""

    n_leads: int
    """Lead units, which follow the singles."""

    n_trails: int
    """Trail units, which follow the leads."""

    @staticmethod
    def of(vocabulary_size: int) -> UnitRanges:
        """Return the division that gives the most words a single unit.

        Raises
        ------
        BuildError
            If no division holds that many words (1,073,676,289 do fit).
        """
        if vocabulary_size <= _USABLE_UNITS:
            return UnitRanges(vocabulary_size, 0, 0)
        # n leads and n trails leave 65534 - 2 n singles and hold n * n words; take the least n.
        n = math.ceil(1 + math.sqrt(1 + vocabulary_size - _USABLE_UNITS))
        if 2 * n > _USABLE_UNITS:
            raise BuildError(
                f"{vocabulary_size:,} distinct words are more than the format can hold"
            )
        return UnitRanges(_USABLE_UNITS - 2 * n, n, n)

    @property
    def trail_units(self) -> tuple[int, int]:
        """First trail unit and one past the last."""
        first = self.n_singles + self.n_leads
        return first, first + self.n_trails

    def units(self, number: int) -> bytes:
        """Return the stream bytes of the word with this number."""
        if number < self.n_singles:
            return number.to_bytes(2, "little")
        lead, trail = divmod(number - self.n_singles, self.n_trails)
        first = (self.n_singles + lead).to_bytes(2, "little")
        return first + (self.trail_units[0] + trail).to_bytes(2, "little")

    def unit_arrays(self, vocabulary_size: int) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
        """Return the first and second unit of every word, by number; second 65535 for none."""
        numbers = np.arange(vocabulary_size)
        first = numbers.astype(np.uint16)
        second = np.full(vocabulary_size, 0xFFFF, np.uint16)
        if vocabulary_size > self.n_singles:
            lead, trail = np.divmod(numbers[self.n_singles :] - self.n_singles, self.n_trails)
            first[self.n_singles :] = self.n_singles + lead
            second[self.n_singles :] = self.trail_units[0] + trail
        return first, second


class Vocabulary(dict[bytes, bytes]):
    """The stream bytes of each word, looked up in the index's files and remembered.

    `vocabulary[word]` is `UNKNOWN` for a word that is not in the corpus; the separator stands for
    itself, so that texts can be encoded together.
    """

    def __init__(self, folder: Path, vocabulary_size: int, sizes: dict[str, int]) -> None:
        super().__init__()
        self.ranges = UnitRanges.of(vocabulary_size)
        names = (layout.WORDS_BLOB, layout.WORDS_STARTS, layout.WORDS_SLOTS)
        self._files = [MappedFile(folder / name, sizes.get(name)) for name in names]
        self._blob = self._files[0].array(np.uint8)
        self._starts = self._files[1].array("<u8")
        self._slots = self._files[2].array("<u4")
        if len(self._starts) != vocabulary_size + 1 or len(self._slots) <= vocabulary_size:
            raise IndexFormatError(
                f"{self._files[1].path} holds {len(self._starts) - 1:,} words, expected "
                f"{vocabulary_size:,}; build the index again"
            )
        self._clear()

    def __missing__(self, word: bytes) -> bytes:
        number = self.number(word)
        units = UNKNOWN if number is None else self.ranges.units(number)
        if len(self) >= _REMEMBERED_WORDS:
            self._clear()
        self[word] = units
        return units

    def _clear(self) -> None:
        self.clear()
        self[b"\xff"] = SEPARATOR

    def number(self, word: bytes) -> int | None:
        """Return the word's rank by frequency, or None for a word that does not occur."""
        n_slots = len(self._slots)
        slot = zlib.crc32(word) % n_slots
        for _ in range(n_slots):
            number = int(self._slots[slot]) - 1
            if number < 0 or number + 1 >= len(self._starts):
                return None
            if self.word(number) == word:
                return number
            slot = (slot + 1) % n_slots
        return None

    def word(self, number: int) -> bytes:
        """Return the word with this number, in UTF-8."""
        return self._blob[int(self._starts[number]) : int(self._starts[number + 1])].tobytes()

    def close(self) -> None:
        """Unmap the files."""
        self.clear()
        del self._blob, self._starts, self._slots
        for file in self._files:
            file.close()


def write_vocabulary(folder: Path, words: list[bytes]) -> None:
    """Write the files of a vocabulary whose words are in order of falling frequency."""
    (folder / layout.WORDS_BLOB).write_bytes(b"".join(words))
    lengths = np.fromiter(map(len, words), np.uint64, len(words))
    starts = np.zeros(len(words) + 1, "<u8")
    np.cumsum(lengths, out=starts[1:])
    starts.tofile(folder / layout.WORDS_STARTS)
    hashes = np.fromiter(map(zlib.crc32, words), np.uint32, len(words))
    hash_slots(hashes).tofile(folder / layout.WORDS_SLOTS)


def hash_slots(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return an open-addressing hash of the items: number + 1 in each used slot, else 0.

    Rounds of linear probing, each for all items that are still without a slot; whichever item of a
    round wins a slot, every slot from an item's home to its own is taken, as look-up needs.
    """
    n_slots = 2 * len(hashes) + 1
    slots = np.zeros(n_slots, "<u4")
    waiting = np.arange(len(hashes), dtype=np.uint32)
    place = hashes.astype(np.int64) % n_slots
    while len(waiting):
        free = slots[place] == 0
        slots[place[free]] = waiting[free] + 1
        lost = slots[place] != waiting + 1
        waiting, place = waiting[lost], (place[lost] + 1) % n_slots
    return slots
