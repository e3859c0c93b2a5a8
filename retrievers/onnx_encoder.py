"""The default encoder: ONNX on the CPU, without torch."""

import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retrievers.encoder import Kind, Vectors, batches_by_length, normalised
from retrievers.errors import EncoderError
from retrievers.types import Progress, Rows, report

if TYPE_CHECKING:
    from tokenizers import Encoding


class OnnxEncoder:
    """A sentence encoder in ONNX with mean pooling, run by onnxruntime; needs no torch.

    Parameters
    ----------
    folder : Path or str
        Holds `model.onnx` and `tokenizer.json`.
    name : str, optional
        Name of the encoder; the folder's name when not given.
    max_tokens : int, default=256
        Longer texts are cut (all-MiniLM-L6-v2 was trained on up to 256).
    batch_size : int, default=8
        Texts a model call. More is not faster on a CPU.
    threads : int, optional
        Batches encoded at once, each on one core, which is faster than several cores for one
        batch; as many as there are cores when not given.

    Raises
    ------
    EncoderError
        If a file is missing or is not what its name says.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        name: str | None = None,
        max_tokens: int = 256,
        batch_size: int = 8,
        threads: int | None = None,
    ) -> None:
        folder = Path(folder)
        self._name = name or folder.name
        self._batch_size = batch_size
        for file in ("model.onnx", "tokenizer.json"):
            if not (folder / file).is_file():
                raise EncoderError(f"{folder / file} is missing; an encoder's folder needs it")
        self._tokenizer = _load_tokenizer(folder / "tokenizer.json", max_tokens)
        self._threads = threads or os.cpu_count() or 1
        self._session = _load_session(folder / "model.onnx")
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._dimension = int(self._session.get_outputs()[0].shape[-1])

    @property
    def name(self) -> str:
        """Name that an index records."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def encode(
        self, texts: Sequence[str], *, kind: Kind = "passage", progress: Progress = None
    ) -> Vectors:
        """Return float32 vectors of shape (len(texts), dimension), each of length 1.

        Parameters
        ----------
        texts : sequence of str
            Encoded in batches of similar length, returned in the order given.
        kind : {"passage", "query"}, default="passage"
            This model treats both alike.
        progress : callable, optional
            Called as `progress("encoding", done, len(texts))` after each batch.
        """
        del kind
        vectors = np.empty((len(texts), self._dimension), dtype=np.float32)
        encodings = self._tokenizer.encode_batch([str(text) for text in texts])
        batches = list(batches_by_length([len(e.ids) for e in encodings], self._batch_size))

        def run(rows: Rows) -> Vectors:
            return self._run([encodings[row] for row in rows])

        done = 0
        with closing(self._in_turn(run, batches)) as results:
            for rows, found in zip(batches, results, strict=True):
                vectors[rows] = found
                done += len(rows)
                report(progress, "encoding", done, len(texts))
        return vectors

    def _in_turn(
        self, run: Callable[[Rows], Vectors], batches: Sequence[Rows]
    ) -> Generator[Vectors]:
        """Yield the results of `run` in order, `threads` of them under way at once."""
        if len(batches) == 1 or self._threads == 1:
            yield from map(run, batches)
            return
        pool = ThreadPoolExecutor(self._threads)
        try:
            yield from pool.map(run, batches)
        finally:  # where the consumer stops, what has not begun is dropped
            pool.shutdown(cancel_futures=True)

    def _run(self, encodings: "Sequence[Encoding]") -> Vectors:
        shape = (len(encodings), max(len(e.ids) for e in encodings))
        ids = np.zeros(shape, dtype=np.int64)
        mask = np.zeros(shape, dtype=np.int64)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(
            None, {name: array for name, array in feed.items() if name in self._inputs}
        )[0]
        weights = mask.astype(np.float32)
        pooled = np.einsum("bsd,bs->bd", hidden, weights) / weights.sum(axis=1, keepdims=True)
        return normalised(pooled)


def _load_tokenizer(path: Path, max_tokens: int) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as exc:  # tokenizers raises bare Exception
        raise EncoderError(f"{path} is not a tokenizer of the tokenizers package: {exc}") from exc
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _load_session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # errors only: warnings would land on the user's terminal
    options.intra_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as exc:  # onnxruntime's errors share no other base
        raise EncoderError(f"{path} cannot be loaded by onnxruntime: {exc}") from exc
