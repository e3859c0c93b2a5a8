"""Checks the sentences of a draft while it is written, so that none is written in vain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from quco.controller.effects import CheckSentence, Reply, Watch
from quco.drafts import leading_space
from quco.ports import ExtractionContext
from quco.types import SentenceReport

Check = Callable[[CheckSentence], Reply]
"""Asks the corpus about a sentence."""


class DraftReader:
    """Is told a draft after each token, and says when no more of it is wanted.

    A sentence is known to be whole when the next one has more than a word: "J. R." may go on.

    Parameters
    ----------
    watch : Watch
        What is wanted; replies are kept in it.
    split : callable
        Text to sentences; joined, they must give the text back.
    check : callable
        Asks the corpus about a sentence. Where it fails the draft goes on.
    """

    def __init__(self, watch: Watch, split: Callable[[str], list[str]], check: Check) -> None:
        self._watch = watch
        self._split = split
        self._check = check
        self._n_read = 0

    def __call__(self, text: str) -> bool:
        """Return whether the draft may end here."""
        pieces = leading_space(self._split(self._watch.begins + text))
        if len(pieces) < 2 or " " not in pieces[-1].strip():
            return False
        unread = range(self._n_read, len(pieces) - 1)
        self._n_read = len(pieces) - 1
        if any(self._is_last(pieces[i], tuple(pieces[:i])) for i in unread):
            return True
        return self._watch.leaves(pieces[-1])

    def _is_last(self, sentence: str, before: tuple[str, ...]) -> bool:
        context = self._watch.context
        ask = partial(self._ask, replace(context, preceding=(*context.preceding, *before)))
        report = ask(sentence)
        return report is not None and self._watch.until(report, ask)

    def _ask(self, context: ExtractionContext, sentence: str) -> SentenceReport | None:
        effect = CheckSentence(sentence, context)
        replies = self._watch.replies
        if effect not in replies:  # else a draft before this one failed after it
            replies[effect] = self._check(effect)
        value = replies[effect].value
        return value if isinstance(value, SentenceReport) else None
