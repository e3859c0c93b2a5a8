"""A report as one self-contained page: sentences coloured by verdict, evidence on hover."""

from __future__ import annotations

from html import escape

from quco.types import ClaimReport, Evidence, Report, SentenceReport, Verdict

_SIGNS = {Verdict.SUPPORTED: "✓", Verdict.UNSUPPORTED: "✗", Verdict.UNKNOWN: "?"}
_STYLE = """
:root { color-scheme: light dark; font: 17px/1.6 system-ui, sans-serif; }
body { max-width: 46rem; margin: 3rem auto; padding: 0 1rem; }
.text { white-space: pre-wrap; }
.sentence { position: relative; border-radius: .2em; outline-offset: 2px; }
.supported { background: #2e9e5b33; } .unsupported { background: #d6453d40; }
.unknown { background: #8886; text-decoration: underline dotted #888; }
.claim { font-weight: 600; border-bottom: 2px solid currentColor; }
.card { display: none; position: absolute; left: 0; top: 100%; z-index: 1; width: 30rem;
  max-width: 80vw; padding: .6rem .9rem; background: Canvas; color: CanvasText;
  border: 1px solid #8886; border-radius: .4rem; box-shadow: 0 4px 14px #0004;
  font-size: .85rem; white-space: normal; }
.sentence:hover .card, .sentence:focus .card { display: block; }
.card p { margin: .35rem 0; } blockquote { margin: .3rem 0 .5rem; padding-left: .6rem;
  border-left: 3px solid #8886; } mark { background: #f5d76e; color: #000; }
.key span { padding: .1em .4em; margin-right: .6em; border-radius: .2em; font-size: .85rem; }
"""


def report_page(report: Report, *, title: str = "What the corpus says") -> str:
    """Return a report as a page of HTML that needs no other file and no script.

    Parameters
    ----------
    report : Report
        The verdicts.
    title : str
        Heading of the page.
    """
    counts = dict.fromkeys(Verdict, 0)
    for sentence in report.sentences:
        counts[sentence.verdict] += 1
    key = "".join(
        f'<span class="{verdict.value}">{sign} {verdict.value}: {counts[verdict]}</span>'
        for verdict, sign in _SIGNS.items()
    )
    body = "".join(_sentence(sentence) for sentence in report.sentences)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n"
        f'<body><h1>{escape(title)}</h1><p class="key">{key}</p>\n'
        f'<div class="text">{body}</div></body></html>\n'
    )


def _sentence(sentence: SentenceReport) -> str:
    body = sentence.text.rstrip()
    space = sentence.text[len(body) :]
    cards = (
        "".join(_claim(claim) for claim in sentence.claims) or f"<p>{escape(sentence.reason)}</p>"
    )
    if sentence.hallucination_score is not None:
        cards += f"<p>hallucination score {sentence.hallucination_score:.2f}</p>"
    return (
        f'<span class="sentence {sentence.verdict.value}" tabindex="0">'
        f'{_with_tails(body, sentence.claims)}<span class="card">{cards}</span></span>{space}'
    )


def _with_tails(text: str, claims: tuple[ClaimReport, ...]) -> str:
    """Return the text, escaped, with the tails of its claims marked where they stand."""
    spans: list[tuple[int, int, Verdict]] = []
    for claim in claims:
        tail = claim.triplet.tail or ""
        start = text.rfind(tail) if tail else -1
        end = start + len(tail)
        if start >= 0 and all(end <= a or b <= start for a, b, _ in spans):
            spans.append((start, end, claim.verdict))
    parts, at = [], 0
    for start, end, verdict in sorted(spans):
        parts += [escape(text[at:start]), f'<span class="claim {verdict.value}">']
        parts += [escape(text[start:end]), "</span>"]
        at = end
    return "".join([*parts, escape(text[at:])])


def _claim(claim: ClaimReport) -> str:
    p_wrong = "" if claim.p_wrong is None else f", wrong with probability {claim.p_wrong:.2f}"
    counts = [
        f"{name} {value}×"
        for name, value in (
            (claim.triplet.head, claim.head_count),
            (claim.triplet.tail or "?", claim.tail_count),
            ("together", claim.cooccurrence),
        )
        if value is not None
    ]
    windows = "".join(_window(evidence) for evidence in claim.evidence)
    return (
        f"<p><b>{_SIGNS[claim.verdict]} {escape(str(claim.triplet))}</b><br>"
        f"{claim.verdict.value}{p_wrong}: {escape(claim.reason)}<br>"
        f"<small>{escape('; '.join(counts))}</small></p>{windows}"
    )


def _window(evidence: Evidence) -> str:
    marked, at = [], 0
    for start, end in sorted(span for span in (evidence.head_span, evidence.tail_span) if span):
        if start >= at:
            marked += [escape(evidence.text[at:start]), "<mark>"]
            marked += [escape(evidence.text[start:end]), "</mark>"]
            at = end
    source = escape(evidence.title or evidence.document_id)
    return f"<blockquote>{''.join(marked)}{escape(evidence.text[at:])} <i>{source}</i></blockquote>"
