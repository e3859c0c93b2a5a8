import pytest

from corpus_engine import CorpusIndex, Document, build_index
from quco.adapters.evidence import EvidenceOptions, EvidenceRetriever, EvidenceSearch
from quco.errors import RetrievalError
from quco.types import Entity
from retrievers import HybridRetriever, Passage
from retrievers.errors import QueryError
from tests.fake_encoders import HashEncoder

DOCUMENTS = [
    ("lang", "Fritz Lang", "Fritz Lang was a director. He was born in Vienna."),
    (
        "metro",
        "Metropolis",
        "Metropolis is a film of 1927. Fritz Lang directed Metropolis in Berlin.",
    ),
    ("vienna", "Vienna", "Vienna is the capital of Austria. Many were born in Vienna."),
    ("berlin", "Berlin", "Berlin is the capital of Germany. Metropolis was made there."),
    *((f"filler{i}", "", "The capital of a country is a city. Vienna is one.") for i in range(6)),
]


class NamedEntities:
    """Takes the names it was given for entities."""

    names = ("Fritz Lang", "Metropolis", "Vienna", "Nowhere")

    def entities(self, text):
        return [Entity(name) for name in self.names if name in text]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evidence") / "corpus"
    build_index((Document(i, t, {"title": n, "row": 7}) for i, n, t in DOCUMENTS), folder)
    with CorpusIndex.open(folder) as opened:
        yield opened


@pytest.fixture
def search(index):
    return EvidenceSearch(index, NamedEntities())


def documents(found):
    return [passage.document_id for passage, _ in found]


def test_where_both_entities_stand_comes_first(search):
    found = search.search("Did Fritz Lang direct Metropolis?", 3)

    assert documents(found)[0] == "metro"
    assert set(documents(found)) == {"metro", "lang", "berlin"}
    assert [score for _, score in found] == sorted((s for _, s in found), reverse=True)


def test_words_of_the_relation_decide_between_places_of_one_entity(search):
    born, capital = search.search("Who was born in Vienna?", 1), search.search("capital Vienna", 1)

    assert documents(born)[0] in {"lang", "vienna"}
    assert documents(capital) == ["vienna"]


def test_passages_are_slices_of_their_documents(search):
    texts = {name: text for name, _, text in DOCUMENTS}

    for passage, _ in search.search("Did Fritz Lang direct Metropolis?", 9):
        assert passage.text == texts[passage.document_id][passage.start : passage.end]
        assert passage.metadata == {"row": 7}
        assert passage.id == f"{passage.document_id}:{passage.start}-{passage.end}"


def test_no_passage_shares_characters_with_a_better_one(search):
    found = [passage for passage, _ in search.search("Vienna capital born Fritz Lang", 20)]

    for number, one in enumerate(found):
        for other in found[:number]:
            apart = one.end <= other.start or other.end <= one.start
            assert one.document_id != other.document_id or apart


def test_a_query_without_entities_is_looked_up_by_its_rare_words(search):
    assert documents(search.search("made there", 1)) == ["berlin"]


@pytest.mark.parametrize("query", ["", "  ", "Nowhere zebra", "the of"])
def test_what_the_corpus_does_not_know_finds_nothing(search, query):
    assert search.search(query, 3) == []


def test_the_encoder_has_a_say(index):
    class Contrary(HashEncoder):
        def encode(self, texts, **fields):
            vectors = super().encode(texts)
            vectors[:] = 0
            for row, text in enumerate(texts):
                vectors[row, 0] = -1 if "Metropolis is a film" in text else 1
            return vectors

    options = EvidenceOptions(encoder_weight=5)
    contrary = EvidenceSearch(index, NamedEntities(), encoder=Contrary(), options=options)

    assert documents(contrary.search("Did Fritz Lang direct Metropolis?", 2))[0] != "metro"


def test_k_below_one_is_refused(search):
    with pytest.raises(QueryError, match="got 0"):
        search.search("Vienna", 0)


def test_the_core_gets_its_own_passages_and_errors(index, search):
    (found,) = search.retrieve("Did Fritz Lang direct Metropolis?", 1)

    assert (found.title, found.metadata) == ("Metropolis", {"row": 7})
    with pytest.raises(RetrievalError, match="got 0"):
        search.retrieve("Vienna", 0)


def test_it_joins_the_hybrid(search):
    passages = [Passage(i, n, t) for i, n, t in DOCUMENTS[2:]]
    hybrid = HybridRetriever.from_documents(
        passages, HashEncoder(), others=[EvidenceRetriever(evidence=search)], k=12
    )

    found = hybrid.search("Did Fritz Lang direct Metropolis?")

    assert "metro" in documents(found)
    assert "berlin" in documents(found)
