"""Corpora, questions and cached vectors for the retrieval benchmarks."""

import gzip
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrievers import Encoder, OnnxEncoder, Passage, Progress
from retrievers.encoder import Kind, Vectors

DATA = Path(__file__).parents[3] / "shared" / "data"

CORPUS_OF = {"2wiki": "2wiki", "hotpot": "hotpot", "popqa": "wiki"}
"""The corpus that holds the supporting passages of each set of questions."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the titles of the passages that answer it."""

    text: str
    """The question."""

    titles: frozenset[str]
    """Titles of the supporting passages; all are in the corpus."""

    is_development: bool
    """Whether defaults may be fitted on it; half of the questions, by hash of the id."""


def load_corpus(name: str) -> list[Passage]:
    """Return the passages of `corpus_<name>.jsonl.gz`."""
    with gzip.open(DATA / f"corpus_{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Passage(row["id"], row["title"], row["text"]) for row in rows]


def load_questions(name: str, passages: Sequence[Passage]) -> list[Question]:
    """Return the questions of `qa_<name>.jsonl` whose support is in the corpus."""
    known = {passage.title for passage in passages}
    questions = []
    for line in (DATA / f"qa_{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        titles = row.get("supporting_titles") or [
            paragraph["title"] for paragraph in row["paragraphs"] if paragraph["is_supporting"]
        ]
        identity = hashlib.sha256(str(row["id"] or row["question"]).encode())
        if known.issuperset(titles):
            is_development = int(identity.hexdigest(), 16) % 2 == 0
            questions.append(Question(row["question"], frozenset(titles), is_development))
    return questions


class CachedEncoder:
    """An encoder that keeps the vectors of passages in a folder, as float16, a file a set of texts.

    Parameters
    ----------
    encoder : Encoder
        Makes the vectors that are missing, and those of queries.
    folder : Path
        Holds the vectors.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self._folder = folder

    @property
    def name(self) -> str:
        """Name of the encoder."""
        return self._encoder.name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._encoder.dimension

    def encode(
        self, texts: Sequence[str], *, kind: Kind = "passage", progress: Progress = None
    ) -> Vectors:
        """Return the vectors of `texts`, from the cache if they are passages."""
        if kind == "query":
            return self._encoder.encode(texts, kind=kind)
        digest = hashlib.sha256("\0".join([self.name, *texts]).encode()).hexdigest()
        path = self._folder / f"{digest}.npy"
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            vectors = self._encoder.encode(texts, progress=progress)
            np.save(path, vectors.astype(np.float16))
        kept: Vectors = np.load(path).astype(np.float32)
        return kept


def minilm(cache: Path) -> CachedEncoder:
    """Return the default encoder with its vectors cached in `cache`."""
    from quco.models import provision

    name = "minilm-l6-int8"
    return CachedEncoder(OnnxEncoder(provision(name), name=name), cache)
