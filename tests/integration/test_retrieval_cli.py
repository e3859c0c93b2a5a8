"""`quco retrieve` on the demo index, by every method."""

import json

import pytest


@pytest.mark.parametrize("method", ["hybrid", "dense", "bm25", "evidence"])
def test_every_method_finds_the_film(run, demo_index, method):
    code, out, _ = run(
        "retrieve", "Who directed Metropolis?", "--index", demo_index, "-k", 3, "--method", method,
        "--json",
    )  # fmt: skip

    found = json.loads(out)
    assert code == 0
    assert found["schema"] == "quco.retrieve/1"
    assert (found["k"], found["method"]) == (3, method)
    assert len(found["passages"]) == 3
    assert "Metropolis (1927 film)" in [passage["title"] for passage in found["passages"]]
    assert set(found["passages"][0]) >= {"id", "text", "title", "score", "metadata"}


def test_people_see_titles_and_texts(run, demo_index):
    code, out, _ = run("retrieve", "director of Metropolis", "--index", demo_index, "-k", 1)

    assert code == 0
    assert "Metropolis" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["-k", "0"], "-k"), (["--method", "magic"], "'magic' is not one of")],
)
def test_wrong_usage_is_one_line_and_exit_code_2(run, demo_index, arguments, message):
    code, _, err = run("retrieve", "x", "--index", demo_index, *arguments)

    assert code == 2
    assert message in err
    assert "Traceback" not in err


def test_a_folder_without_an_index_is_said_so(run, tmp_path):
    code, _, err = run("retrieve", "x", "--index", tmp_path)

    assert code in (1, 2)
    assert str(tmp_path) in err
    assert "Traceback" not in err


def test_a_damaged_collection_is_said_so(run, demo_index, tmp_path):
    import shutil

    shutil.copytree(demo_index, tmp_path / "copy")
    next((tmp_path / "copy" / "passages").glob("bm25-*/data.npy")).write_bytes(b"")

    code, _, err = run("retrieve", "x", "--index", tmp_path / "copy", "--method", "bm25")

    assert code == 1
    assert "data.npy has 0 bytes" in err
    assert err.strip().count("\n") == 0
