"""What a generated word attends to: importance of words, and queries made from attention.

Source: DRAGIN (Su et al. 2024, arXiv 2403.10081, section 3), whose query ETC uses too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eval.methods.aligning import Word, words_of
from eval.methods.stopwords import is_stopword
from quco.errors import GenerationError
from quco.types import Attention, Generation

Weights = NDArray[np.float32]


def later_attention(attention: Attention, words: list[Word]) -> list[float]:
    """Return how much each new word is attended to: the greatest weight from any later token.

    Of several tokens of a word the weights are added, as in the reference code.
    """
    n_new = attention.weights.shape[0]
    own = np.tril(attention.weights[:, -n_new:], k=-1)
    greatest = own.max(axis=0, initial=0.0)
    return [float(greatest[word.first : word.end].sum()) for word in words]


def attended_query(draft: Generation, word: Word, n_words: int) -> str:
    """Return the words before `word` that it attends to most, in the order of the text.

    Only question and answer are looked at, neither worked examples nor passages; stop words are
    left out.

    Parameters
    ----------
    draft : Generation
        With its attention.
    word : Word
        A word of the draft.
    n_words : int
        Words of the query, at most.
    """
    attention = attention_of(draft)
    n_before = len(attention.tokens) - attention.weights.shape[0]
    row = attention.weights[word.first : word.end].mean(axis=0)
    begin = _question_start(attention.tokens)
    texts = attention.tokens[begin : n_before + word.first]
    candidates = [w for w in words_of(texts) if not is_stopword(w.text) and w.text != "Answer:"]
    weight = {w: float(row[begin + w.first : begin + w.end].sum()) for w in candidates}
    best = sorted(candidates, key=lambda w: -weight[w])[:n_words]
    return " ".join(w.text for w in sorted(best, key=lambda w: w.first))


def attention_of(draft: Generation) -> Attention:
    """Return the attention of a draft.

    Raises
    ------
    GenerationError
        If the generator returned none.
    """
    if draft.attention is None:
        raise GenerationError("attentions were asked for; the generator returned none")
    return draft.attention


def _question_start(texts: tuple[str, ...]) -> int:
    """Return the position of the first token after the last "Question:"."""
    marker = "Question:"
    seen = "".join(texts)
    wanted = seen.rfind(marker)
    if wanted < 0:
        return 0
    length = 0
    for position, text in enumerate(texts):
        if length >= wanted + len(marker):
            return position
        length += len(text)
    return len(texts)
