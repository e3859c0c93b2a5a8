"""One build: reading, cutting, sorting, with checkpoints between."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from corpus_engine import layout
from corpus_engine.build.memory import shard_bytes
from corpus_engine.build.publish import clear, is_temporary
from corpus_engine.build.reader import DocumentReader, Read
from corpus_engine.build.sorting import Sorter
from corpus_engine.build.state import CUT, READ, READING, BuildState
from corpus_engine.build.stream import StreamWriter, check_length, cut_evenly, drop_whole
from corpus_engine.build.suffix_array import MOST_STREAM_BYTES
from corpus_engine.encoders.base import DocumentEncoder
from corpus_engine.encoders.load import WORD
from corpus_engine.errors import BuildError, EmptyCorpusError
from corpus_engine.files import file_entry, matches
from corpus_engine.store import StoreWriter
from corpus_engine.suffixes import KEY_STRIDE
from corpus_engine.types import Document, Progress

_CHECKPOINT_BYTES = 1 << 27


class Builder:
    """Builds an index in a working folder, and goes on where an earlier build stopped.

    Parameters
    ----------
    work : Path
        The working folder; what an interrupted build left in it is used.
    kind : str
        What the manifest calls the analyzer.
    encoder : DocumentEncoder
        The analyzer.
    shards, jobs, memory_bytes, report
        As `build_index` has them.
    """

    def __init__(
        self,
        work: Path,
        kind: str,
        encoder: DocumentEncoder,
        *,
        shards: int | None,
        jobs: int,
        memory_bytes: int,
        report: Progress,
    ) -> None:
        self._work = work
        self._kind = kind
        self._encoder = encoder
        self._n_shards = shards
        self._jobs = jobs
        self._memory_bytes = memory_bytes
        self._report = report
        # With a given number of shards, the stream is cut when its length is known.
        room = shard_bytes(memory_bytes, encoder.width, jobs)
        self._most_bytes = room if shards is None else 1 << 62

    def run(self, documents: Iterable[Document], analyzer: str) -> layout.Manifest:
        """Build; return the manifest, which is written."""
        settings = {
            "format": layout.FORMAT_VERSION,
            "analyzer": analyzer,
            "vocabulary": 0 if self._kind == WORD else self._encoder.vocabulary_size,
            "shards": self._n_shards,
            "most_bytes": self._most_bytes,
            "key_stride": KEY_STRIDE,
        }
        reader = DocumentReader(documents)
        head = reader.head()
        state = BuildState.load(self._work, settings)
        if state is None or state.head != head:
            clear(self._work)
            state = BuildState(settings, head=head)
        self._state = state
        self._n_tokens, self._text_bytes = state.n_tokens, state.text_bytes
        with Sorter(self._work, self._encoder.width, self._jobs, self._sorted) as sorter:
            self._sorter = sorter
            self._read(reader)
            if self._n_shards is not None:
                self._cut(self._n_shards)
            self._report("sort", len(state.sorted), len(state.shards))
            sorter.finish()
        return self._finish()

    def _read(self, reader: DocumentReader) -> None:
        """Read the documents that are not in the files yet."""
        state = self._state
        if state.phase != READING:
            self._recognise(reader)
            if any(reader.batches(lambda: 1)):
                self._drop("more documents follow than were read before")
            if self._n_shards is None:
                self._submit(range(len(state.shards)))
            return
        with StoreWriter(self._work) as store:
            stream = StreamWriter(self._work, self._encoder.width, self._most_bytes)
            try:
                if state.n_documents:
                    self._restore(reader, store, stream)
                self._read_on(reader, store, stream)
            finally:
                stream.close()

    def _read_on(self, reader: DocumentReader, store: StoreWriter, stream: StreamWriter) -> None:
        """Read from where reader, store and stream are to the last document."""
        state = self._state
        unsaved = 0
        for batch in reader.batches(lambda: self._encoder.batch_characters):
            self._add(batch, store, stream)
            unsaved += batch.text_bytes
            if len(stream.closed) > len(state.shards) or unsaved >= _CHECKPOINT_BYTES:
                self._checkpoint(reader, store, stream, READING)
                unsaved = 0
            self._report("analyze", reader.n_documents, None)
        if not reader.n_documents:
            raise EmptyCorpusError("the corpus has no documents; give at least one")
        store.finish()
        stream.finish()
        self._checkpoint(reader, store, stream, READ)

    def _recognise(self, reader: DocumentReader) -> None:
        """Pass over the documents that are in the files, and bring the encoder to that point."""
        state = self._state
        try:
            reader.skip(state.n_documents, state.digest, lambda n: self._report("analyze", n, None))
        except BuildError:
            clear(self._work)
            raise
        try:
            self._encoder.restore(self._work, state.encoder)
        except (OSError, ValueError, KeyError) as exc:
            self._drop(f"its vocabulary is damaged: {exc}", exc)

    def _restore(self, reader: DocumentReader, store: StoreWriter, stream: StreamWriter) -> None:
        """Bring reader, encoder, store and stream to the checkpoint."""
        state = self._state
        self._recognise(reader)
        try:
            store.restore(state.store)
            stream.restore(list(state.shards), state.open_shard)
        except (OSError, ValueError, KeyError) as exc:
            self._drop(f"its files are damaged: {exc}", exc)
        if self._n_shards is None:
            self._submit(range(len(state.shards)))

    def _drop(self, why: str, cause: Exception | None = None) -> None:
        """Give up the progress of an earlier build."""
        clear(self._work)
        raise BuildError(
            f"the interrupted build cannot go on ({why}); its progress is dropped, start the build "
            "again"
        ) from cause

    def _add(self, batch: Read, store: StoreWriter, stream: StreamWriter) -> None:
        encoded = self._encoder.documents(batch.texts)
        if self._n_shards is None and self._kind == WORD:
            n_words = self._encoder.vocabulary_size
            stream.most_bytes = shard_bytes(
                self._memory_bytes, self._encoder.width, self._jobs, n_words
            )
        stream.add(encoded.stream)
        for record in batch.records:
            store.add(record)
        self._n_tokens += encoded.n_tokens
        self._text_bytes += batch.text_bytes

    def _checkpoint(
        self, reader: DocumentReader, store: StoreWriter, stream: StreamWriter, phase: str
    ) -> None:
        """Remember all that was read; begin to sort the shards that were completed."""
        new = range(len(self._state.shards), len(stream.closed))
        reading = phase == READING
        self._state.save(
            self._work,
            phase=phase,
            n_documents=reader.n_documents,
            digest=reader.digest,
            n_tokens=self._n_tokens,
            text_bytes=self._text_bytes,
            store=store.checkpoint() if reading else {},
            open_shard=stream.checkpoint() if reading else {},
            encoder=dict(self._encoder.checkpoint(self._work)),
            shards=list(stream.closed),
        )
        if self._n_shards is None:
            self._submit(new)

    def _cut(self, n_shards: int) -> None:
        """Cut the whole stream into the shards that were asked for."""
        state = self._state
        if state.phase != CUT:
            shards = state.shards
            if n_shards > 1:
                shards = cut_evenly(self._work, self._encoder.width, n_shards)
            state.save(self._work, phase=CUT, shards=shards)
        drop_whole(self._work)
        self._submit(range(len(state.shards)))

    def _submit(self, shards: Iterable[int]) -> None:
        """Sort shards, but for those that an earlier build has sorted and that are whole."""
        width = self._encoder.width
        for shard in shards:
            check_length(self._state.shards[shard], shard, width, MOST_STREAM_BYTES)
            done = self._state.sorted.get(shard, {})
            if done and all(matches(self._work / name, entry) for name, entry in done.items()):
                continue
            self._sorter.submit(shard)

    def _sorted(self, shard: int) -> None:
        """Remember that a shard is finished."""
        names = (layout.stream_name, layout.ranks_name, layout.documents_name, layout.jump_name)
        files = [self._work / name(shard) for name in names]
        done = {shard: {file.name: file_entry(file) for file in files}}
        self._state.save(self._work, sorted={**self._state.sorted, **done})
        self._report("sort", len(self._state.sorted), len(self._state.shards))

    def _finish(self) -> layout.Manifest:
        """Write the encoder's files and the manifest."""
        state = self._state
        self._report("vocabulary", 0, 1)
        self._encoder.write(self._work)
        self._report("vocabulary", 1, 1)
        known = {name: entry for files in state.sorted.values() for name, entry in files.items()}
        others = {
            file.name: file_entry(file)
            for file in self._work.iterdir()
            if file.name not in known and not is_temporary(file)
        }
        manifest = layout.Manifest(
            analyzer=self._kind,
            width=self._encoder.width,
            n_tokens=state.n_tokens,
            n_documents=state.n_documents,
            vocabulary_size=self._encoder.vocabulary_size,
            text_bytes=state.text_bytes,
            shards=tuple(state.shards),
            files=dict(sorted({**known, **others}.items())),
        )
        manifest.write(self._work)
        return manifest
