"""The GLiNER extractor, over a stand-in for the package."""

import sys
from types import ModuleType
from typing import Any

import pytest

from quco.adapters.extractor.gliner import GlinerExtractor
from quco.adapters.extractor.llm import LlmExtractor
from quco.errors import ExtractionError, MissingExtraError
from quco.ports import Extractor

CLAIMS = LlmExtractor(None)  # type: ignore[arg-type] # never asked


class Model:
    """What GLiNER offers, as far as it is used."""

    @classmethod
    def from_pretrained(cls, name: str) -> "Model":
        if name == "absent":
            raise OSError("no such model")
        return cls()

    def predict_entities(
        self, text: str, labels: list[str], threshold: float
    ) -> list[dict[str, Any]]:
        at = text.index("Lang")
        found = {"text": "Lang", "label": "person", "start": at, "end": at + 4}
        return [found, {**found, "start": at + 10, "end": at + 14}]


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("gliner")
    module.GLiNER = Model  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gliner", module)


@pytest.mark.usefixtures("package")
def test_entities_are_those_of_the_model_once_each() -> None:
    extractor = GlinerExtractor("some-model", CLAIMS)
    assert isinstance(extractor, Extractor)
    (found,) = extractor.entities("Who is Lang? Lang!")
    assert (found.text, found.label, found.start) == ("Lang", "person", 7)
    assert extractor.entities(" ") == []
    assert extractor.split("Lang wrote. Lang slept.") == ["Lang wrote. ", "Lang slept."]


@pytest.mark.usefixtures("package")
def test_a_model_that_cannot_be_loaded_is_named() -> None:
    with pytest.raises(ExtractionError, match="'absent'"):
        GlinerExtractor("absent", CLAIMS).entities("Lang")


def test_a_missing_package_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gliner", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'quco\[gliner\]'"):
        GlinerExtractor("some-model", CLAIMS).entities("Lang")
