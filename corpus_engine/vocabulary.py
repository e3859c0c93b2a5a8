"""Words and the one to three 16-bit units that stand for each in the token stream.

A 16-bit stream holds any vocabulary as UTF-16 and UTF-8 do: frequent words take one unit, others a
lead unit and one or two trail units from reserved ranges. A match that starts with a word can
therefore never start or end inside another one.

=============== ======================================================
units           meaning
=============== ======================================================
0 – 53229       words of one unit
53230 – 57325   leads of two units
57326 – 57341   leads of three units
57342 – 65533   trails
65534           a word that is not in the corpus; never in a stream
65535           infini-gram's document separator
=============== ======================================================

Words are numbered as they first appear, those of the first megabytes by falling frequency, so that
the numbers of a growing vocabulary never change and a corpus of any size is read only once.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus_engine import layout
from corpus_engine.errors import BuildError, IndexFormatError
from corpus_engine.mapped import MappedFile

SEPARATOR = b"\xff\xff"
SEPARATOR_WORD = b"\xff"
"""Stands for the separator among words; no UTF-8 text holds it."""

N_SINGLES = 53230
N_LEADS_OF_TWO = 4096
N_LEADS_OF_THREE = 16
N_TRAILS = 8192
_N_PAIRS = N_LEADS_OF_TWO * N_TRAILS
LEAD_OF_TWO = N_SINGLES
LEAD_OF_THREE = LEAD_OF_TWO + N_LEADS_OF_TWO
FIRST_TRAIL = LEAD_OF_THREE + N_LEADS_OF_THREE
UNKNOWN_UNIT = 65534
TRAIL_UNITS = (FIRST_TRAIL, UNKNOWN_UNIT)
"""First trail unit and one past the last."""

MOST_WORDS = N_SINGLES + _N_PAIRS + N_LEADS_OF_THREE * N_TRAILS**2


def units(number: int) -> bytes:
    """Return the stream bytes of the word with this number.

    >>> [units(n).hex() for n in (0, 53229, 53230, 53230 + 4096 * 8192)]
    ['0000', 'edcf', 'eecffedf', 'eedffedffedf']
    """
    if number < N_SINGLES:
        return number.to_bytes(2, "little")
    lead, trail = divmod(number - N_SINGLES, N_TRAILS)
    last = (FIRST_TRAIL + trail).to_bytes(2, "little")
    if lead < N_LEADS_OF_TWO:
        return (LEAD_OF_TWO + lead).to_bytes(2, "little") + last
    lead, trail = divmod(lead - N_LEADS_OF_TWO, N_TRAILS)
    if lead >= N_LEADS_OF_THREE:
        raise BuildError(f"word {number:,} is one more than the {MOST_WORDS:,} the format can hold")
    middle = (FIRST_TRAIL + trail).to_bytes(2, "little")
    return (LEAD_OF_THREE + lead).to_bytes(2, "little") + middle + last


def units_a_word(vocabulary_size: int) -> int:
    """Return how many units the longest word of a vocabulary takes.

    >>> [units_a_word(n) for n in (0, 53230, 53231, 33607662, 33607663)]
    [1, 1, 2, 2, 3]
    """
    return 1 + (vocabulary_size > N_SINGLES) + (vocabulary_size > N_SINGLES + _N_PAIRS)


def numbers(tokens: NDArray[np.uint16]) -> list[int]:
    """Return the numbers of the words that stream units stand for, -1 for a separator.

    Units that do not make a whole word (a cut at either end) are left out.

    >>> numbers(np.frombuffer(units(7) + SEPARATOR + units(53231), "<u2"))
    [7, -1, 53231]
    >>> numbers(np.frombuffer(units(40_000_000) + units(1_000_000_000), "<u2"))
    [40000000, 1000000000]
    """
    found: list[int] = []
    lead, number = -1, 0
    for unit in tokens.tolist():
        if TRAIL_UNITS[0] <= unit < TRAIL_UNITS[1]:
            number = number * N_TRAILS + unit - FIRST_TRAIL
            if LEAD_OF_TWO <= lead < LEAD_OF_THREE:
                found.append(N_SINGLES + number)
                lead = -1
            elif lead >= LEAD_OF_THREE:
                # The first of two trails: the words of two units come before.
                number, lead = number + N_LEADS_OF_TWO, LEAD_OF_TWO
            continue
        lead = -1
        if unit < N_SINGLES:
            found.append(unit)
        elif unit < TRAIL_UNITS[0]:
            lead = unit
            number = unit - (LEAD_OF_TWO if unit < LEAD_OF_THREE else LEAD_OF_THREE)
        elif unit == 0xFFFF:
            found.append(-1)
    return found


class GrowingVocabulary(dict[bytes, bytes]):
    """The stream bytes of each word of a corpus that is being read; new words get the next."""

    def __init__(self, words: Iterable[bytes] = ()) -> None:
        super().__init__({SEPARATOR_WORD: SEPARATOR})
        for word in words:
            self[word]

    def __missing__(self, word: bytes) -> bytes:
        code = self[word] = units(len(self) - 1)
        return code

    @property
    def size(self) -> int:
        """Words so far."""
        return len(self) - 1

    def seed(self, words: Iterable[bytes]) -> None:
        """Give the first words of a corpus numbers by falling frequency, then by their bytes.

        Separators among them are passed over.
        """
        counts = Counter(words)
        del counts[SEPARATOR_WORD]
        for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            self[word]

    def word(self, number: int) -> bytes:
        """Return the word with this number, in UTF-8; takes as long as the number is large."""
        return next(islice(self, number + 1, None))

    def words(self, first: int = 0) -> list[bytes]:
        """Return the words from number `first` on."""
        return list(self)[first + 1 :]


class Vocabulary:
    """The words of an index in its files; `kernels.words` looks them up.

    Parameters
    ----------
    folder : Path
        The index.
    vocabulary_size : int
        Words of the corpus.
    sizes : mapping of str to int
        Expected size of each file by name.
    """

    def __init__(self, folder: Path, vocabulary_size: int, sizes: Mapping[str, int]) -> None:
        self.size = vocabulary_size
        """Words of the corpus."""
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
        fields = [
            *(self._blob.ctypes.data, len(self._blob)),
            *(self._starts.ctypes.data, vocabulary_size),
            *(self._slots.ctypes.data, len(self._slots)),
        ]
        self._record = np.array(fields, np.int64)
        self.address: int = self._record.ctypes.data
        """Where the record lies that tells kernels of the files, as `kernels.handle` has it."""

    def word(self, number: int) -> bytes:
        """Return the word with this number, in UTF-8."""
        return self._blob[int(self._starts[number]) : int(self._starts[number + 1])].tobytes()

    def close(self) -> None:
        """Unmap the files; to kernels the vocabulary is then empty."""
        self._record[:] = 0
        del self._blob, self._starts, self._slots
        for file in self._files:
            file.close()


def write_vocabulary(folder: Path, words: list[bytes]) -> None:
    """Write the files of a vocabulary whose words are in the order of their numbers."""
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
