import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_engine import CorpusIndex, Document, TokenizerError, build_index
from corpus_engine.analyzers import word
from corpus_engine.encoders.byte import ByteEncoder
from corpus_engine.encoders.load import new_encoder
from corpus_engine.encoders.subword import SubwordEncoder
from corpus_engine.encoders.word import GrowingWordEncoder
from tests import naive_engine as naive
from tests.engine_files import write_tokenizer

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
TEXTS = ["The capital of France is Paris.", "", "Lima is the capital of Peru; Paris is not."]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tokenizer(tmp_path_factory.mktemp("tokenizer") / "tokenizer.json")


@given(st.lists(ANY_TEXT, min_size=1, max_size=4))
def test_texts_prepared_together_are_those_prepared_alone(tokenizer: Path, texts) -> None:
    for encoder in (ByteEncoder(), SubwordEncoder.load(tokenizer)):
        assert _parts(encoder, texts) == [encoder.prepare(text) for text in texts]
    # What stands between texts may lie with either, but is no part of a word.
    together = [word.split(part) for part in _parts(GrowingWordEncoder(), texts)]
    assert together == [word.words(text) for text in texts]


def _parts(encoder, texts) -> list[bytes]:
    data, ends = encoder.prepare_many(texts)
    return [data[start:end] for start, end in itertools.pairwise([0, *ends.tolist()])]


@given(st.lists(ANY_TEXT, min_size=1, max_size=4))
def test_documents_are_texts_behind_separators(tokenizer: Path, texts) -> None:
    for encoder in (ByteEncoder(), SubwordEncoder.load(tokenizer)):
        batch = encoder.documents(texts)
        separator = b"\xff" * encoder.width
        encoded = [encoder.prepare(text) for text in texts]
        assert batch.stream == b"".join(separator + part for part in encoded)
        assert batch.n_tokens == sum(len(encoder.spans(text)) for text in texts)


@given(st.lists(ANY_TEXT, min_size=1, max_size=4))
def test_documents_of_words_are_words_behind_separators(texts) -> None:
    encoder = GrowingWordEncoder()
    batch = encoder.documents(texts)
    shown = [" ".join(naive.words(text)) for text in texts]
    lines = encoder.decode(np.frombuffer(batch.stream, "<u2")).split("\n")[1:]
    assert [line.strip() for line in lines] == shown
    assert batch.n_tokens == sum(len(encoder.spans(text)) for text in texts)


@given(ANY_TEXT)
def test_byte_spans_name_the_character_of_each_byte(text: str) -> None:
    encoder = ByteEncoder()
    encoded = encoder.prepare(text)
    spans = encoder.spans(text)
    assert len(spans) == len(encoded)
    assert [text[start:end] for start, end in dict.fromkeys(spans)] == list(text)


def test_words_can_be_read_back() -> None:
    encoder = GrowingWordEncoder()
    stream = encoder.documents(["Hello, World!", "hello"]).stream
    assert encoder.decode(np.frombuffer(stream, "<u2")) == "\nhello world\nhello".replace(
        "\nhello world", "\n hello world"
    )


def test_a_small_vocabulary_takes_two_bytes_and_a_large_one_four(tmp_path: Path) -> None:
    small = SubwordEncoder.load(write_tokenizer(tmp_path / "small.json"))
    large = SubwordEncoder.load(write_tokenizer(tmp_path / "large.json", extra=70_000))
    assert (small.width, large.width) == (2, 4)
    assert small.vocabulary_size < 500 < 70_000 < large.vocabulary_size
    with pytest.raises(TokenizerError, match="do not fit 2 bytes"):
        SubwordEncoder.load(tmp_path / "large.json", 2)


def test_what_is_no_tokenizer_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "tokenizer.json"
    broken.write_text("{")
    for name in (broken, tmp_path):
        with pytest.raises(TokenizerError, match=r"tokenizer\.json"):
            SubwordEncoder.load(name)
    with pytest.raises(TokenizerError, match="hub"):
        new_encoder(str(tmp_path / "missing.json"))


@pytest.mark.parametrize("extra", [0, 70_000])
@pytest.mark.parametrize("shards", [1, 2])
def test_an_index_of_subwords(tmp_path: Path, extra: int, shards: int) -> None:
    path = write_tokenizer(tmp_path / "tok.json", extra)
    documents = [Document(str(i), text, {"n": i}) for i, text in enumerate(TEXTS)]
    out = tmp_path / "index"
    summary = build_index(documents, out, analyzer=str(path), shards=shards)
    encoder = SubwordEncoder.load(path)
    path.unlink()
    tokens = [np.frombuffer(encoder.prepare(t), f"<u{encoder.width}").tolist() for t in TEXTS]
    with CorpusIndex.open(out) as index:
        assert index.analyzer == "tokenizer"
        assert summary.n_tokens == index.n_tokens == sum(map(len, tokens))
        for query in ("capital", " capital", " is", "Paris", " Paris", "zebra"):
            ids = np.frombuffer(encoder.prepare(query), f"<u{encoder.width}").tolist()
            expected = naive.count(tokens, ids)
            assert index.count(query).value == index.count_ids(ids).value == expected
        both = index.cooccurrence(["Paris", " Paris"], " capital", window=20)
        assert (both.value, both.counts) == (2, (2, 2))
        shown = index.windows(" Paris", " capital", window=20, k=2)
        assert {evidence.document_id for evidence in shown} == {"0", "2"}
        for evidence in shown:
            assert evidence.text[slice(*evidence.a_span)].strip() == "Paris"
            assert evidence.text[slice(*evidence.b_span)].strip() == "capital"
            assert evidence.text in TEXTS[evidence.metadata["n"]]
        decoded = index._encoder.decode(np.array(tokens[0]))
        assert decoded == TEXTS[0]


@pytest.mark.parametrize("shards", [1, 3])
def test_an_index_of_bytes(tmp_path: Path, shards: int) -> None:
    documents = [Document(str(i), text) for i, text in enumerate([*TEXTS, "é\ud800ß"])]
    out = tmp_path / "index"
    build_index(documents, out, analyzer="byte", shards=shards)
    with CorpusIndex.open(out) as index:
        assert index.n_shards == shards
        assert index.n_tokens == sum(
            len(d.text.encode("utf-8", "surrogatepass")) for d in documents
        )
        for query in ("Paris", "paris", " is ", "é", "\ud800", "capital of"):
            assert index.count(query).value == sum(d.text.count(query) for d in documents)
        evidence = index.windows("ß", "é", window=9)[0]
        assert (evidence.text, evidence.a_span, evidence.b_span) == ("é\ud800ß", (2, 3), (0, 1))


def test_a_text_is_traced_to_its_documents(tmp_path: Path) -> None:
    documents = [Document(str(i), text) for i, text in enumerate(TEXTS)]
    build_index(documents, tmp_path / "index")
    text = "I know: Lima IS the Capital, and the capital of France is Paris!"
    with CorpusIndex.open(tmp_path / "index") as index:
        found = index.attribute(text, min_length=3)
        assert [span.text for span in found] == [
            "the capital of France is Paris",
            "Lima IS the Capital",
        ]
        assert [(span.length, span.count) for span in found] == [(6, 1), (4, 1)]
        assert [span.evidence[0].document_id for span in found] == ["0", "2"]
        for span in found:
            assert text[slice(*span.text_span)] == span.text
        assert index.attribute("nothing of this") == []
        assert index.attribute(text, min_length=3, max_count=0) == []
