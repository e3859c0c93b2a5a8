import json

import numpy as np
import pytest

from quco.models import provision
from retrievers import Encoder, EncoderStyle, TransformersEncoder
from retrievers.errors import EncoderError
from retrievers.prompts import known_style

TEXTS = ["Which river runs through Vienna?", "The Danube. " * 40, "", "x"]


@pytest.fixture(scope="module")
def folder():
    return provision("minilm-l6")


@pytest.fixture(scope="module")
def full_minilm(folder):
    return TransformersEncoder(folder, device="cpu")


def save_tiny(folder, padding_side="right"):
    """A two-layer model with random weights, and a tokenizer of whole words."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast, set_seed

    words = ["[PAD]", "[UNK]", "query:", "passage:", "a", "b", "c"]
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", padding_side=padding_side
    ).save_pretrained(folder)
    set_seed(1)
    BertModel(
        BertConfig(
            vocab_size=len(words),
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=16,
            max_position_embeddings=32,
        )
    ).save_pretrained(folder)
    return folder


def hidden_states(folder, text):
    import torch
    from transformers import AutoModel, AutoTokenizer

    batch = AutoTokenizer.from_pretrained(folder)(text, return_tensors="pt")
    with torch.inference_mode():
        return AutoModel.from_pretrained(folder).eval()(**batch).last_hidden_state[0].numpy()


def test_it_agrees_with_the_quantised_model(full_minilm, minilm):
    cosines = (full_minilm.encode(TEXTS) * minilm.encode(TEXTS)).sum(axis=1)

    assert cosines.min() > 0.995


def test_it_gives_the_vector_of_sentence_transformers(full_minilm):
    # sentence-transformers 6.2.0, all-MiniLM-L6-v2, "The weather is lovely today."
    (vector,) = full_minilm.encode(["The weather is lovely today."])

    np.testing.assert_allclose(
        vector[:4], [0.01919572, 0.12008534, 0.15959837, 0.06706595], atol=1e-5
    )


def test_what_the_folder_says_is_read(full_minilm):
    assert isinstance(full_minilm, Encoder)
    assert full_minilm.dimension == 384
    assert full_minilm.style == EncoderStyle("mean")
    assert full_minilm.name == "minilm-l6"


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("pooling", ["mean", "cls", "last"])
def test_pooling_sees_no_padding(tmp_path, side, pooling):
    folder = save_tiny(tmp_path, side)
    encoder = TransformersEncoder(folder, style=EncoderStyle(pooling), device="cpu")

    vectors = encoder.encode(["a b c a", "b", "c a"])

    reduce = {"mean": lambda h: h.mean(0), "cls": lambda h: h[0], "last": lambda h: h[-1]}[pooling]
    for vector, text in zip(vectors, ["a b c a", "b", "c a"], strict=True):
        expected = reduce(hidden_states(folder, text))
        np.testing.assert_allclose(vector, expected / np.linalg.norm(expected), atol=1e-5)


def test_prompts_go_before_queries_and_passages(tmp_path):
    folder = save_tiny(tmp_path / "e5-tiny")
    encoder = TransformersEncoder(folder, device="cpu")
    plain = TransformersEncoder(folder, style=EncoderStyle(), device="cpu")

    assert encoder.style == EncoderStyle("mean", "query: ", "passage: ")
    np.testing.assert_allclose(
        encoder.encode(["a b"], kind="query"), plain.encode(["query: a b"]), atol=1e-6
    )
    np.testing.assert_allclose(encoder.encode(["a b"]), plain.encode(["passage: a b"]), atol=1e-6)


def test_sentence_transformers_files_go_before_the_table(tmp_path):
    folder = save_tiny(tmp_path / "e5-tiny")
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(
        json.dumps({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False})
    )
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps({"prompts": {"query": "Q: ", "document": "D: "}})
    )
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 3}))

    encoder = TransformersEncoder(folder, device="cpu")

    assert encoder.style == EncoderStyle("cls", "Q: ", "D: ")
    plain = TransformersEncoder(folder, style=EncoderStyle("cls"), device="cpu")
    np.testing.assert_allclose(plain.encode(["a b c a a"]), plain.encode(["a b c b b"]), atol=1e-6)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("modules.json", [{"type": "sentence_transformers.models.Dense"}], "after pooling .Dense"),
        ("1_Pooling/config.json", {"pooling_mode_max_tokens": True}, "pooling_mode_max_tokens"),
    ],
)
def test_what_is_not_supported_is_said(tmp_path, file, content, message):
    save_tiny(tmp_path)
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(json.dumps(content))

    with pytest.raises(EncoderError, match=message):
        TransformersEncoder(tmp_path, device="cpu")


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(EncoderError, match="cannot be loaded by transformers"):
        TransformersEncoder(tmp_path)


@pytest.mark.parametrize(
    ("model", "style"),
    [
        ("intfloat/e5-base-v2", EncoderStyle("mean", "query: ", "passage: ")),
        ("BAAI/bge-m3", EncoderStyle("cls")),
        ("C:\\models\\Qwen3-Embedding-4B", known_style("Qwen/Qwen3-Embedding-0.6B")),
        ("sentence-transformers/all-MiniLM-L6-v2", EncoderStyle()),
        ("someone/base5-model", EncoderStyle()),
    ],
)
def test_known_models_have_their_style(model, style):
    assert known_style(model) == style


def test_bge_wants_an_instruction_before_queries_alone():
    style = known_style("BAAI/bge-small-en-v1.5")

    assert style.pooling == "cls"
    assert style.prompt("query").startswith("Represent this sentence")
    assert style.prompt("passage") == ""


def test_progress_counts_texts(full_minilm):
    seen = []

    full_minilm.encode(["x"] * 33, progress=lambda *args: seen.append(args))

    assert seen == [("encoding", 32, 33), ("encoding", 33, 33)]
