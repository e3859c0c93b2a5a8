"""Policy files."""

from pathlib import Path

import pytest

from quco.errors import ConfigError, InputError
from quco.triggers import MinRate
from quco.verdict import VerdictPolicy


def test_a_policy_survives_its_file(tmp_path: Path) -> None:
    policy = VerdictPolicy(window=50, n_windows=1, fitted_on="nothing")
    policy.save(tmp_path / "policy.json")
    assert VerdictPolicy.load(tmp_path / "policy.json") == policy


def test_options_choose_rules() -> None:
    policy = VerdictPolicy.model_validate({"question": {"rule": "min", "threshold_per_million": 3}})
    assert policy.question.build() == MinRate(3.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [('{"windw": 3}', "windw"), ('{"window": 0}', "window"), ("no json", "the file")],
)
def test_a_wrong_file_is_named_with_the_wrong_field(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "policy.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        VerdictPolicy.load(path)


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.json"):
        VerdictPolicy.load(tmp_path / "none.json")
