"""Encoders that ask something else: LangChain's `Embeddings`, an OpenAI-compatible server."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding, Embeddings

from retrievers import (
    DenseRetriever,
    Encoder,
    EncoderEmbeddings,
    EncoderStyle,
    LangChainEncoder,
    OpenAIEncoder,
    PassageCollection,
)
from retrievers.errors import EncoderError, EncoderMismatchError
from tests.fake_encoders import HashEncoder


def test_langchain_embeddings_are_an_encoder(passages):
    encoder = LangChainEncoder(DeterministicFakeEmbedding(size=12), name="fake", batch_size=4)

    retriever = DenseRetriever.from_documents(passages, encoder)

    assert isinstance(encoder, Encoder)
    assert encoder.dimension == 12
    assert retriever.search(passages[3].content, 1)[0].passage == passages[3]
    assert encoder.encode([]).shape == (0, 12)


def test_queries_and_passages_go_to_their_own_method():
    class Two(Embeddings):
        def embed_documents(self, texts):
            return [[0.0, 2.0] for _ in texts]

        def embed_query(self, text):
            return [5.0, 0.0]

    encoder = LangChainEncoder(Two(), name="two")

    np.testing.assert_array_equal(encoder.encode(["a", "b"]), [[0, 1], [0, 1]])
    np.testing.assert_array_equal(encoder.encode(["a"], kind="query"), [[1, 0]])


def test_an_encoder_is_langchain_embeddings():
    encoder = HashEncoder()
    embeddings = EncoderEmbeddings(encoder)

    assert embeddings.embed_query("a b") == pytest.approx(encoder.encode(["a b"])[0].tolist())
    assert np.asarray(embeddings.embed_documents(["a", "b"])).shape == (2, 32)


class Server(ThreadingHTTPServer):
    """Speaks OpenAI's embeddings interface; `faults` are status codes to answer first."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.encoder = HashEncoder(16)
        self.faults = []
        self.inputs = []
        self.drop = 0


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.faults:
            return self.reply(self.server.faults.pop(0), {"error": {"message": "out of order"}})
        self.server.inputs.append(body["input"])
        vectors = self.server.encoder.encode(body["input"])
        data = [
            {"object": "embedding", "index": i, "embedding": (3 * v).tolist()}
            for i, v in enumerate(vectors)
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        kept = data[self.server.drop :][::-1]
        return self.reply(200, {"object": "list", "model": "m", "data": kept, "usage": usage})

    def reply(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        """Stay silent."""


@pytest.fixture
def server():
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def connect(server):
    clients = []

    def connect(model="some-model", **fields):
        clients.append(OpenAIEncoder(f"http://127.0.0.1:{server.server_port}/v1", model, **fields))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


def test_a_server_is_an_encoder(server, connect, passages):
    encoder = connect(batch_size=4)

    collection = PassageCollection.build(passages, encoder=encoder)

    assert isinstance(encoder, Encoder)
    assert (encoder.name, encoder.dimension) == ("some-model", 16)
    texts = [p.content for p in passages]
    np.testing.assert_allclose(encoder.encode(texts), server.encoder.encode(texts), atol=1e-6)
    assert [len(i) for i in server.inputs] == [1, 4, 2, 4, 2]
    assert collection.search_dense(passages[2].content, 1)[0].passage == passages[2]


def test_prompts_are_put_before_texts(server, connect):
    connect("intfloat/e5-base", dimension=16).encode(["a"], kind="query")
    connect(dimension=16, style=EncoderStyle(passage_prompt="P ")).encode(["a"])

    assert server.inputs == [["query: a"], ["P a"]]


def test_a_busy_server_is_asked_again(server, connect):
    encoder = connect(dimension=16, max_retries=1)
    server.faults = [503]

    assert encoder.encode(["a"]).shape == (1, 16)


@pytest.mark.parametrize("status", [400, 401, 503])
def test_a_failing_server_is_an_error(server, connect, status):
    encoder = connect(dimension=16, max_retries=0)
    server.faults = [status]

    with pytest.raises(EncoderError, match=r"failed: .*out of order.*is the server up"):
        encoder.encode(["a"])


def test_a_server_that_is_not_there_is_an_error():
    with pytest.raises(EncoderError, match="is the server up"):
        OpenAIEncoder("http://127.0.0.1:9/v1", "m", max_retries=0)


def test_missing_vectors_are_an_error(server, connect):
    encoder = connect(dimension=16)
    server.drop = 1

    with pytest.raises(EncoderError, match="returned 1 vectors for 2 texts"):
        encoder.encode(["a", "b"])


def test_vectors_of_another_length_are_an_error(server, connect):
    with pytest.raises(EncoderError, match="a vector of 16 numbers, expected 8"):
        connect(dimension=8).encode(["a"])


def test_another_model_is_refused(server, connect, passages, tmp_path):
    PassageCollection.build(passages, encoder=connect()).save(tmp_path / "p")

    with pytest.raises(EncoderMismatchError, match="made by 'some-model'"):
        PassageCollection.open(tmp_path / "p", encoder=connect("other"))
