"""Any encoder of the hub or of a folder, on transformers; needs the `hf` extra."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retrievers.encoder import Kind, Vectors, batches_by_length, normalised
from retrievers.errors import EncoderError, MissingPackageError
from retrievers.prompts import EncoderStyle, Pooling, known_style
from retrievers.types import Progress, report

if TYPE_CHECKING:
    import torch

_LONGEST = 8192


class TransformersEncoder:
    """A transformers model whose token vectors are pooled.

    Pooling, prompts and length are taken from the model's sentence-transformers configuration if
    it has one, else from a table of known models (`retrievers.prompts`), unless they are given
    here. Code that a model brings along is not run.

    Parameters
    ----------
    model : str or Path
        Hub name or folder.
    name : str, optional
        Name that indexes record; the last part of `model` when not given.
    style : EncoderStyle, optional
        Pooling and prompts.
    max_tokens : int, optional
        Longer texts are cut.
    batch_size : int, default=32
        Texts a model call.
    device : str, optional
        Such as "cuda"; the first GPU if there is one when not given.
    dtype : str, default="float32"
        Such as "bfloat16"; vectors are returned as float32 whatever it is.
    revision : str, optional
        Version of a hub model.

    Raises
    ------
    MissingPackageError
        If torch or transformers is not installed.
    EncoderError
        If the model cannot be loaded, or needs layers after pooling.
    """

    def __init__(
        self,
        model: Path | str,
        *,
        name: str | None = None,
        style: EncoderStyle | None = None,
        max_tokens: int | None = None,
        batch_size: int = 32,
        device: str | None = None,
        dtype: str = "float32",
        revision: str | None = None,
    ) -> None:
        try:
            import torch
            from transformers import AutoModel, AutoTokenizer
        except ImportError as exc:
            raise MissingPackageError(
                "this encoder needs torch and transformers: pip install 'quco[hf]'"
            ) from exc
        source = str(model)
        self._name = name or Path(source).name
        self._batch_size = batch_size
        self._device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(source, revision=revision)
            loaded = AutoModel.from_pretrained(
                source, revision=revision, dtype=getattr(torch, dtype), trust_remote_code=False
            )
        except (OSError, ValueError) as exc:
            raise EncoderError(f"{source} cannot be loaded by transformers: {exc}") from exc
        self._model = loaded.eval().to(self._device)
        read = _ConfigReader(source, revision)
        self._style = style or read.style()
        self._max_tokens = max_tokens or read.max_tokens() or self._longest()
        self._tokenizer.padding_side = "right"  # on the left it would shift absolute positions
        if self._tokenizer.pad_token is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token

    @property
    def name(self) -> str:
        """Name that an index records."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model.config.hidden_size)

    @property
    def style(self) -> EncoderStyle:
        """Pooling and prompts in use."""
        return self._style

    def encode(
        self, texts: Sequence[str], *, kind: Kind = "passage", progress: Progress = None
    ) -> Vectors:
        """Return float32 vectors of shape (len(texts), dimension), each of length 1."""
        prompt = self._style.prompt(kind)
        prompted = [prompt + text for text in texts]
        vectors = np.empty((len(texts), self.dimension), np.float32)
        done = 0
        for rows in batches_by_length([len(text) for text in prompted], self._batch_size):
            vectors[rows] = self._run([prompted[row] for row in rows])
            done += len(rows)
            report(progress, "encoding", done, len(texts))
        return vectors

    def _run(self, texts: list[str]) -> Vectors:
        import torch

        batch = self._tokenizer(
            texts,
            padding=True,
            truncation=True,
            max_length=self._max_tokens,
            return_tensors="pt",
        ).to(self._device)
        with torch.inference_mode():
            hidden = self._model(**batch).last_hidden_state.float()
            pooled = _pool(hidden, batch["attention_mask"], self._style.pooling)
        return normalised(pooled.cpu().numpy())

    def _longest(self) -> int:
        positions = getattr(self._model.config, "max_position_embeddings", _LONGEST)
        return int(min(positions, self._tokenizer.model_max_length, _LONGEST))


class _ConfigReader:
    """Reads the files that sentence-transformers puts beside a model."""

    def __init__(self, source: str, revision: str | None) -> None:
        self._source = source
        self._revision = revision
        modules: list[dict[str, Any]] = self._read("modules.json") or []
        extra = [m["type"].rsplit(".", 1)[-1] for m in modules]
        unknown = sorted(set(extra) - {"Transformer", "Pooling", "Normalize"})
        if unknown:
            raise EncoderError(
                f"{source} has layers after pooling ({', '.join(unknown)}); "
                "use sentence-transformers through LangChainEncoder"
            )

    def style(self) -> EncoderStyle:
        style = known_style(self._source)
        pooling = self._pooling()
        if pooling is not None:
            style = replace(style, pooling=pooling)
        prompts = (self._read("config_sentence_transformers.json") or {}).get("prompts") or {}
        if any(prompts.values()):
            style = replace(
                style,
                query_prompt=prompts.get("query", ""),
                passage_prompt=prompts.get("document", prompts.get("passage", "")),
            )
        return style

    def max_tokens(self) -> int | None:
        value = (self._read("sentence_bert_config.json") or {}).get("max_seq_length")
        return None if value is None else int(value)

    def _pooling(self) -> Pooling | None:
        config = self._read("1_Pooling/config.json")
        if config is None:
            return None
        modes: dict[str, Pooling] = {
            "pooling_mode_mean_tokens": "mean",
            "pooling_mode_cls_token": "cls",
            "pooling_mode_lasttoken": "last",
        }
        wanted = [key for key, value in config.items() if key.startswith("pooling_mode_") and value]
        if len(wanted) != 1 or wanted[0] not in modes:
            raise EncoderError(
                f"{self._source} pools by {wanted or 'nothing'}, known are mean, cls and last"
            )
        return modes[wanted[0]]

    def _read(self, file: str) -> Any:
        from transformers.utils import cached_file

        path = cached_file(
            self._source,
            file,
            revision=self._revision,
            _raise_exceptions_for_missing_entries=False,
            _raise_exceptions_for_connection_errors=False,
        )
        return None if path is None else json.loads(Path(path).read_text(encoding="utf-8"))


def _pool(hidden: "torch.Tensor", mask: "torch.Tensor", pooling: Pooling) -> "torch.Tensor":
    """Pool (b, s, d) to (b, d); padding is on the right."""
    import torch

    if pooling == "mean":
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        return (hidden * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
    if pooling == "cls":
        return hidden[:, 0]
    rows = torch.arange(len(hidden), device=hidden.device)
    return hidden[rows, mask.sum(1) - 1]
