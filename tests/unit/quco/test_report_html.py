"""The page of a report."""

from html.parser import HTMLParser

from quco.report_html import report_page
from quco.types import ClaimReport, Evidence, Report, SentenceReport, Triplet, Verdict

VOID = {"meta", "br"}


class Reader(HTMLParser):
    """Collects classes, text and links; fails on tags that do not match."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.classes: list[str] = []
        self.marked: list[str] = []
        self.text = ""
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "link", "img", "iframe"}
        assert not {"src", "href"} & {name for name, _ in attrs}
        self.classes += [value or "" for name, value in attrs if name == "class"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.open[-1:] == ["mark"]:
            self.marked.append(data)


def make() -> Report:
    window = Evidence("Fritz <b>Lang</b> made it.", "d1", "Lang & co", (0, 5), (9, 13))
    claim = ClaimReport(
        Triplet("M", "directed by", "Lang <i>"),
        Verdict.UNSUPPORTED,
        0.93,
        3,
        2,
        1,
        "why",
        (window,),
    )
    return Report(
        "x",
        (
            SentenceReport("M is by Lang <i>. ", Verdict.UNSUPPORTED, (claim,)),
            SentenceReport(
                "Hm.", Verdict.UNKNOWN, (), "no checkable claim", hallucination_score=0.614
            ),
        ),
    )


def test_a_page_shows_sentences_claims_and_windows() -> None:
    page = Reader(report_page(make(), title="A <title>"))
    assert {"sentence unsupported", "sentence unknown", "claim unsupported"} <= set(page.classes)
    assert "M is by Lang <i>." in page.text
    assert "wrong with probability 0.93" in page.text
    assert "no checkable claim" in page.text
    assert page.text.count("hallucination score") == 1
    assert "hallucination score 0.61" in page.text
    assert "Lang & co" in page.text
    assert page.marked == ["Fritz", "Lang"]


def test_an_empty_report_is_a_page_too() -> None:
    assert "unsupported: 0" in Reader(report_page(Report("", ()))).text


def test_hostile_text_stays_text() -> None:
    nasty = '</span><script>alert(\'x\')</script>&quot;" onmouseover="x" \x00 \U0001f600 ﷽'
    window = Evidence(nasty, nasty, nasty, (0, 7), (3, 9))
    claim = ClaimReport(
        Triplet(nasty, nasty, "<script>"), Verdict.SUPPORTED, 0.1, reason=nasty, evidence=(window,)
    )
    report = Report(nasty, (SentenceReport(nasty, Verdict.SUPPORTED, (claim,), nasty),))
    page = Reader(report_page(report, title=nasty))
    assert page.text.count("alert('x')") >= 5
    assert "claim supported" in page.classes


def test_two_megabytes_are_a_page() -> None:
    claim = make().sentences[0].claims[0]
    sentence = SentenceReport("M is by Lang <i> & co. " * 4, Verdict.UNSUPPORTED, (claim,))
    report = Report(sentence.text * 22_000, (sentence,) * 22_000)
    page = report_page(report)
    assert page.count('class="sentence unsupported"') == 22_000
    assert "unsupported: 22000" in page
    assert "Lang <i>" not in page
