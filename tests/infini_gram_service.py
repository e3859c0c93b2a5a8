"""An infini-gram HTTP service on this machine, over any engine with that package's methods."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OPERATORS = " AND ", " OR "
MOST_TERMS = 4


@dataclass
class Fault:
    """One answer that is not what was asked for."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0


@dataclass
class Behaviour:
    """What a service does, and what it was asked."""

    faults: list[Fault] = field(default_factory=list)
    """Given first, in order, in place of answers."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    """Every request."""

    pause_s: float = 0.0
    """Before each answer."""

    most_at_once: int = 0
    """Requests that were under way together at the most."""

    def of(self, query_type: str) -> list[dict[str, Any]]:
        return [request for request in self.asked if request["query_type"] == query_type]


class Answering:
    """Answers requests as the hosted service does.

    Parameters
    ----------
    engine
        With the methods of `infini_gram.engine.InfiniGramEngine`.
    encode, decode
        A text to its ids, as it stands after a space; and back.
    index : str
        The only name that is known.
    """

    def __init__(
        self,
        engine: Any,
        encode: Callable[[str], list[int]],
        decode: Callable[[Sequence[int]], str],
        index: str,
    ) -> None:
        self.engine, self.encode, self.decode, self.index = engine, encode, decode, index

    def __call__(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        given = dict(request)
        if given.pop("index", None) != self.index:
            return 400, {"error": f"Invalid index: {request.get('index')}"}
        query_type = given.pop("query_type")
        ids = self._ids(given.pop("query")) if "query" in given else given.pop("query_ids")
        nested = bool(ids) and isinstance(ids[0], list)
        if nested and any(len(clause) > MOST_TERMS for clause in ids):
            return 200, {"error": f"Please enter at most {MOST_TERMS} terms in each clause!"}
        answer = dict(getattr(self, f"_{query_type}")(ids, nested, given))
        if "token_ids" in answer:
            answer["spans"] = [[self.decode(answer["token_ids"]), None]]
        return 200, {"token_ids": ids, "tokens": [], "latency": 0.1, **answer}

    def _ids(self, query: str) -> list[Any]:
        if not any(operator in query for operator in OPERATORS):
            return self.encode(query)
        return [[self.encode(t) for t in c.split(" OR ")] for c in query.split(" AND ")]

    def _count(self, ids: Any, nested: bool, given: dict[str, Any]) -> dict[str, Any]:
        if nested:
            return self.engine.count_cnf(ids, **given)
        return self.engine.count(ids)

    def _find(self, ids: Any, nested: bool, given: dict[str, Any]) -> dict[str, Any]:
        return self.engine.find(ids)

    def _find_cnf(self, ids: Any, nested: bool, given: dict[str, Any]) -> dict[str, Any]:
        return self.engine.find_cnf(ids, **given)

    def _get_doc_by_rank(self, ids: Any, nested: bool, given: dict[str, Any]) -> dict[str, Any]:
        return self.engine.get_doc_by_rank(**given)

    def _get_doc_by_ptr(self, ids: Any, nested: bool, given: dict[str, Any]) -> dict[str, Any]:
        return self.engine.get_doc_by_ptr(**given)

    def _prob(self, ids: Any, nested: bool, given: dict[str, Any]) -> dict[str, Any]:
        return self.engine.prob(ids[:-1], ids[-1])

    def _infgram_prob(self, ids: Any, nested: bool, given: dict[str, Any]) -> dict[str, Any]:
        return self.engine.infgram_prob(ids[:-1], ids[-1])

    def _ntd(self, ids: Any, nested: bool, given: dict[str, Any]) -> dict[str, Any]:
        return self.engine.ntd(ids, **given)

    def _infgram_ntd(self, ids: Any, nested: bool, given: dict[str, Any]) -> dict[str, Any]:
        return self.engine.infgram_ntd(ids, **given)


@contextmanager
def serve(
    answering: Callable[[dict[str, Any]], tuple[int, dict[str, Any]]],
) -> Iterator[tuple[str, Behaviour]]:
    """Yield the address of a service on the loopback interface, and its behaviour."""
    behaviour = Behaviour()
    lock = threading.Lock()
    under_way = 0

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            nonlocal under_way
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                under_way += 1
                behaviour.most_at_once = max(behaviour.most_at_once, under_way)
                behaviour.asked.append(request)
                fault = behaviour.faults.pop(0) if behaviour.faults else None
            time.sleep(fault.delay_s if fault else behaviour.pause_s)
            if fault is None:
                status, answer = answering(request)
                fault = Fault(status, json.dumps(answer).encode())
            with lock:
                under_way -= 1
            try:
                self.send_response(fault.status)
                headers = {"Content-Length": str(len(fault.body)), **fault.headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(fault.body)
            except ConnectionError:  # a client that no longer waits
                pass

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", behaviour
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
