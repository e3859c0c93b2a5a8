"""One infini-gram HTTP service, asked politely and again where that may help.

The interface: a POST of one JSON object with ``index``, ``query_type``, ``query`` or ``query_ids``,
and the fields of the query type; the answer is one JSON object, which holds ``error`` where the
service refuses (infini-gram.readthedocs.io, API endpoint).
"""

from __future__ import annotations

import json
import random
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPException
from time import monotonic, sleep
from typing import Any, TypeVar

from pydantic import ValidationError

from corpus_engine.client.answers import Answer
from corpus_engine.errors import QueryError, ServiceError

AnswerT = TypeVar("AnswerT", bound=Answer)
Item = TypeVar("Item")
Result = TypeVar("Result")

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 8.0
_IN_VAIN = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
"""Failures that another try a moment later does not mend."""


class _TryAgainError(Exception):
    """The service was busy, failed or did not answer; it may do so in a moment."""

    def __init__(self, message: str, after_s: float = 0.0) -> None:
        super().__init__(message)
        self.after_s = after_s


class Service:
    """A service and one of its indexes; may be used by many threads.

    Parameters
    ----------
    url : str
        Its address, with ``http://`` or ``https://``.
    index : str
        Its name for the index.
    timeout_s : float
        Seconds to wait for the answer to one try.
    deadline_s : float
        Seconds for all tries of one request and the pauses between them.
    parallel : int
        Requests under way at once.

    Raises
    ------
    QueryError
        If the address or a number makes no sense.
    """

    def __init__(
        self, url: str, index: str, *, timeout_s: float, deadline_s: float, parallel: int
    ) -> None:
        if not url.startswith(("http://", "https://")) or not index:
            raise QueryError(
                f"the service is {url!r} and its index {index!r}, expected an address with http:// "
                "or https:// and a name"
            )
        if min(timeout_s, deadline_s) <= 0 or parallel < 1:
            raise QueryError(
                f"timeout_s is {timeout_s}, deadline_s {deadline_s} and parallel {parallel}, "
                "expected numbers above 0"
            )
        self.url = url
        self.index = index
        self._timeout_s = timeout_s
        self._deadline_s = deadline_s
        self._places = threading.BoundedSemaphore(parallel)
        self._pool = ThreadPoolExecutor(parallel, "infini-gram")
        self._closed = False

    def ask(self, kind: type[AnswerT], query_type: str, **fields: Any) -> AnswerT:
        """Return the answer to one request.

        Raises
        ------
        ServiceError
            If the service cannot be reached, refuses, or answers with something else.
        """
        if self._closed:
            raise QueryError(f"the client of {self.url} is closed; make another")
        body = json.dumps({"index": self.index, "query_type": query_type, **fields}).encode()
        with self._places:
            end = monotonic() + self._deadline_s
            wait = _FIRST_WAIT_S
            while True:
                try:
                    left = max(end - monotonic(), 0.01)
                    return self._read(kind, self._try(body, min(self._timeout_s, left)))
                except _TryAgainError as exc:
                    # Those that were turned away together do not come back together.
                    pause = max(exc.after_s, wait * random.uniform(0.5, 1.0))  # noqa: S311
                    if monotonic() + pause >= end:
                        raise self.failure(
                            f"{exc}; tried for {self._deadline_s:g} s: ask again later, or with a "
                            "longer deadline_s or fewer requests at once (parallel)"
                        ) from exc
                sleep(pause)
                wait = min(2 * wait, _LONGEST_WAIT_S)

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
        """Return `function` of each item, in order; the first failure ends the others' waiting."""
        if self._closed:
            raise QueryError(f"the client of {self.url} is closed; make another")
        futures = [self._pool.submit(function, item) for item in items]
        try:
            return [future.result() for future in futures]
        finally:
            for future in futures:
                future.cancel()

    def failure(self, message: str) -> ServiceError:
        """Return the error of a request."""
        return ServiceError(f"the service {self.url} (index {self.index!r}) {message}")

    def close(self) -> None:
        """Begin no more requests; those under way are waited for."""
        self._closed = True
        self._pool.shutdown(cancel_futures=True)

    def _try(self, body: bytes, timeout_s: float) -> bytes:
        headers = {"Content-Type": "application/json", "User-Agent": "quco"}
        request = urllib.request.Request(self.url, body, headers)  # noqa: S310 - scheme checked
        try:
            with urllib.request.urlopen(request, timeout=timeout_s) as response:  # noqa: S310
                return bytes(response.read())
        except urllib.error.HTTPError as exc:
            with exc:
                raise self._refused(exc) from exc
        except (OSError, HTTPException) as exc:
            reason = getattr(exc, "reason", exc)
            if isinstance(reason, _IN_VAIN):
                raise self.failure(
                    f"cannot be reached: {reason}; check the address, and whether it is up"
                ) from exc
            if isinstance(reason, TimeoutError):
                raise _TryAgainError(f"did not answer within {timeout_s:.3g} s") from exc
            raise _TryAgainError(f"broke off: {reason!r}") from exc

    def _read(self, kind: type[AnswerT], body: bytes) -> AnswerT:
        try:
            refused = json.loads(body)["error"]
        except (ValueError, TypeError, KeyError):
            refused = None
        if refused is not None:
            raise self.failure(f"refused: {refused}")
        try:
            return kind.model_validate_json(body)
        except ValidationError as exc:
            wrong = exc.errors()[0]
            where = ".".join(map(str, wrong["loc"])) or "it"
            raise self.failure(
                f"answered {body[:80]!r}, in which {where} is wrong ({wrong['msg']}); is this the "
                "address of an infini-gram service?"
            ) from exc

    def _refused(self, exc: urllib.error.HTTPError) -> Exception:
        """Return what a status other than success means."""
        try:
            said = json.loads(exc.read())["error"]
        except (OSError, HTTPException, ValueError, TypeError, KeyError):
            said = exc.reason
        message = f"answered with status {exc.code}: {said}"
        if exc.code == HTTPStatus.TOO_MANY_REQUESTS or exc.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            after = str(exc.headers.get("Retry-After", ""))
            return _TryAgainError(message, float(after) if after.isdecimal() else 0.0)
        return self.failure(f"{message}; check the address and the name of the index")
