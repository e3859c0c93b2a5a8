import pytest

from quco.models import provision
from retrievers import OnnxEncoder, Passage
from tests.fake_encoders import HashEncoder

CITIES = [
    ("Paris", "Paris is the capital of France and lies on the river Seine."),
    ("Vienna", "Vienna is the capital of Austria. The Danube flows through the city."),
    ("Danube", "The Danube is a river that flows through ten countries into the Black Sea."),
    ("Marie Curie", "Marie Curie was a physicist and chemist who studied radioactivity."),
    ("Polonium", "Polonium is a chemical element, discovered by Marie and Pierre Curie in 1898."),
    ("Übermut", "Ein Übermut ohne Maß: naïve façade, 東京 and Ελλάδα."),
]


@pytest.fixture(scope="session")
def minilm_folder():
    return provision("minilm-l6-int8")


@pytest.fixture(scope="session")
def minilm(minilm_folder):
    return OnnxEncoder(minilm_folder, threads=1)


@pytest.fixture
def encoder():
    return HashEncoder()


@pytest.fixture
def passages():
    return [
        Passage(f"p{i}", title, text, {"row": i, "even": i % 2 == 0})
        for i, (title, text) in enumerate(CITIES)
    ]
