"""The README's tables, made from the committed records.

    python -m eval.benchmarks.tables

rewrites the README between its two markers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eval.benchmarks.answer_tables import answers
from eval.benchmarks.record import read, where

README = Path(__file__).parents[2] / "README.md"
BEGIN = "<!-- made by eval/benchmarks/tables.py from the records in eval/benchmarks/results -->"
END = "<!-- end -->"


def main() -> None:
    """Rewrite the README."""
    README.write_text(updated(README.read_text(encoding="utf-8")), encoding="utf-8")


def updated(readme: str) -> str:
    """Return the text of the README with its tables made anew."""
    head, _, rest = readme.partition(BEGIN)
    _, _, tail = rest.partition(END)
    tables = (_engine(), _recall(), _retrieval_speed(), _first_token(), _verdict(), answers())
    body = "\n\n".join(tables)
    return f"{head}{BEGIN}\n\n{body}\n\n{END}{tail}"


def _engine() -> str:
    record = read("engine_queries")
    data, results = record["data"], record["results"]
    rows = []
    for label, key in (
        ("count", "count"),
        ("co-occurrence at least once", "cooccurrence_at_least_1"),
    ):
        times = results[key]["times"]
        for form, ours, ratios in (
            ("text", "corpus_engine", results[key]["ratios"]),
            ("token ids", "corpus_engine_ids", results[key]["ratios_ids"]),
        ):
            cells = [f"{times[name]['p50_us']:,.1f} µs" for name in (ours, *ratios)]
            cells += [f"{r['p50']:.0f}× / {r['p99']:.0f}×" for r in ratios.values()]
            rows.append(f"| {label}, {form} | {' | '.join(cells)} |")
    for form, found in results["count_many"].items():
        ratio = f"{found['infini_gram_ratio']:.0f}×"
        rows.append(
            f"| counts in a batch, {form}, each | {found['per_query_us']:.1f} µs | | | {ratio} | |"
        )
    return "\n".join(
        [
            (
                f"Median of one call from Python, {data['n_tokens'] / 1e6:.1f} M words, window "
                f"{data['window']:,}, and how many times it (and the 99th percentile) the others "
                f"take; they are always given token ids ({where(record)}). Other work kept a load "
                f"average of {data['load_average']:.0f}, which slows engines that start threads "
                "most:"
            ),
            "",
            "| | ours | infini-gram | fast-gram | against infini-gram | against fast-gram |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            _engine_notes(results),
        ]
    )


def _engine_notes(results: dict[str, Any]) -> str:
    """Return what other records of the engine say, where they were made."""
    few, cold = results["beside_tokengrams"], results["cold_count_4k_blocks"]["median"]
    tokengrams = few["ratios"]["tokengrams"]["p50"]
    text = (
        f"Over {few['n_tokens'] / 1e6:.0f} M tokens, a count takes tokengrams {tokengrams:.1f} "
        f"times as long. A cold count reads {cold:.0f} blocks of 4 KiB."
    )
    scale = read("engine_scale")
    sizes = {name: f"{n / 1e6:.0f} M" for name, n in scale["data"]["n_tokens"].items()}
    ratio = scale["results"]["median_ratio"]
    text += (
        f" At {sizes['large']} tokens a count takes {ratio:.2f} times what it takes at "
        f"{sizes['small']}."
    )
    build = read("engine_build")["results"]
    sort, whole = build["sorting"], build["whole"]
    text += (
        f" To sort {sort['n_tokens'] / 1e6:.0f} M tokens on one core, infini-gram's indexing "
        f"takes {sort['ratios']['cpu_s']:.1f} times the processor time; ours takes "
        f"{sort['peak_bytes_a_token']:.0f} bytes of memory a token. Building from text, "
        f"{whole['n_tokens'] / 1e6:.1f} M words on {whole['jobs']} cores, takes "
        f"{whole['cpu_s']:.0f} s of processor time and {whole['peak_bytes'] / 2**30:.1f} GiB, "
        f"{whole['peak_over_bound']:.2f} of the stated bound."
    )
    return text


def _recall() -> str:
    record = read("retrieval_recall")
    methods = ("dense", "bm25", "hybrid", "plain faiss", "rank_bm25")
    rows = [
        f"| {name} ({sets['questions']['validation']}) | "
        + " | ".join(
            " / ".join(f"{100 * sets[m]['validation'][f'recall@{k}']:.1f}" for k in (3, 10))
            for m in methods
        )
        + " |"
        for name, sets in record["results"].items()
    ]
    return "\n".join(
        [
            (
                "Recall@3 / @10 of supporting titles in percent, 20,000 to 70,000 passages of "
                "Wikipedia, MiniLM; questions on which nothing was fitted, their number in "
                f"brackets (commit {record['commit']}):"
            ),
            "",
            f"| | {' | '.join(methods)} |",
            f"|---|{'---|' * len(methods)}",
            *rows,
            "",
            _evidence(),
        ]
    )


def _evidence() -> str:
    sets = read("retrieval_evidence")["results"]
    found = [
        f"{name} {100 * one['evidence']['all']['recall@3']:.1f} "
        f"({100 * one['hybrid']['all']['recall@3']:.1f})"
        for name, one in sets.items()
    ]
    n = sum(next(iter(sets.values()))["questions"].values())
    return (
        f"On {n} questions of each set, recall@3 of the evidence retriever, in brackets that of "
        f"the hybrid: {', '.join(found)}."
    )


def _retrieval_speed() -> str:
    record = read("retrieval_speed")
    rows = []
    for label, times in record["results"].items():
        if label == "indexing":
            continue
        ours, *others = times.items()
        peers = "; ".join(f"{name.removesuffix(', ms')} {value:,.2f}" for name, value in others)
        rows.append(f"| {label} | {ours[1]:,.2f} | {peers} |")
    return "\n".join(
        [
            f"Milliseconds a query ({where(record)}):",
            "",
            "| | ours | |",
            "|---|---|---|",
            *rows,
            "",
            (
                f"The default encoder reads {_passages_a_second(record, 'ours')} passages a second "
                "without torch, sentence-transformers with its unquantised weights "
                f"{_passages_a_second(record, 'sentence-transformers')}. {_ann()}"
            ),
        ]
    )


def _ann() -> str:
    found = read("retrieval_ann")["results"]["HNSW32"]
    million = read("retrieval_million")["results"]["HNSW32, the default"]
    return (
        f"HNSW finds {100 * found['recall@10 against exact']:.1f} % of the exact ten best among "
        f"71,529 passages; a million vectors open in {million['open with imports, s']:.2f} s and "
        f"answer in {million['query, median, ms']:.1f} ms (on 16 cores)."
    )


def _passages_a_second(record: dict[str, Any], name: str) -> str:
    return f"{record['results']['indexing'][f'encoding, {name}, passages/s']:.0f}"


def _first_token() -> str:
    record = read("first_token")
    environments = [found["later"] for found in record["results"].values()]

    def cell(question: str, *keys: str) -> str:
        return " / ".join(
            f"{sum(later[question][key] for key in keys):.1f}" for later in environments
        )

    rows = [
        f"| {question} | {cell(question, 'start and imports, s', 'loading, s')} "
        f"| {cell(question, 'first token, s')} | {cell(question, 'whole answer, s')} |"
        for question in environments[0]
    ]
    return "\n".join(
        [
            (
                "Seconds of `quco ask` in a new process, small model, index of the demo corpus; "
                f"{' / '.join(record['results'])} ({where(record)}):"
            ),
            "",
            "| | all is loaded | first token | whole answer |",
            "|---|---|---|---|",
            *rows,
        ]
    )


def _verdict() -> str:
    record = read("verdict")
    results, evidence = record["results"], read("verdict_evidence")["results"]
    spent = read("verdict_time")["results"]
    kinds = ("swapped", "cooccurring", "true")
    shares = {
        "zero test": results["triples"]["zero_test_where_the_corpus_holds_the_head"],
        "ours": results["triples"]["where_the_corpus_holds_the_head"],
        "ours, from the sentence alone": results["sentences"],
    }
    rows = [
        f"| {label} | {' | '.join(_percent(found[kind]['unsupported']) for kind in kinds)} |"
        for label, found in shares.items()
    ]
    unseen = evidence["relations_never_seen"]["unsupported"]
    cells = " | ".join(_percent(unseen[kind]) for kind in kinds)
    rows.append(f"| without the claim's relation (each left out of fitting in turn) | {cells} |")
    judge = read("verdict_judge")["results"]["rule_and_judge"]["auroc"]
    ranks = "; ".join(
        f"{label} {found['auroc'][score]:.2f}{more} (zero test {found['auroc']['zero_test']:.2f}, "
        f"NPMI {found['auroc']['npmi']:.2f}, log-likelihood ratio "
        f"{found['auroc']['log_likelihood_ratio']:.2f}, head frequency "
        f"{found['auroc']['head_frequency']:.2f}, n = {found['n']})"
        for label, score, more, found in (
            (
                "RefChecker's claims",
                "p_wrong",
                f", with the 1.5B model as judge {judge:.2f}",
                results["refchecker"],
            ),
            ("FActScore's sentences", "hallucination_score", "", results["factscore"]),
        )
    )
    return "\n".join(
        [
            (
                "Claims called unsupported, of those with a tail from elsewhere, with another name "
                f"of the head's own passage, and true ones; validation half ({where(record)}):"
            ),
            "",
            "| | tail from elsewhere | another name beside the head | true |",
            "|---|---|---|---|",
            *rows,
            "",
            (
                f"Calibration error {results['triples']['calibration_error']:.3f}. AUROC against "
                f"people's labels: {ranks}. A check needs "
                f"{spent['check_processor_ms_median']:.1f} ms of processor time (median, 54 MB "
                f"corpus), of which extraction {spent['extraction_processor_ms_median']:.1f}; with "
                f"a load of {spent['load_average_1_min']:.0f} that took "
                f"{spent['check_ms_median']:.0f} ms."
            ),
        ]
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


if __name__ == "__main__":
    main()
