"""Worked examples, written for this project; each states facts that can be looked up."""

from __future__ import annotations

from dataclasses import dataclass

CLOSING = "So the answer is"
"""The words that introduce the final answer."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A worked example."""

    question: str
    """The question."""

    reasoning: str
    """Short sentences, each with one checkable claim."""

    answer: str
    """The final answer."""

    @property
    def worked(self) -> str:
        """The reasoning, then the final answer."""
        return f"{self.reasoning} {CLOSING} {self.answer}."

    def __str__(self) -> str:
        return f"Question: {self.question}\nAnswer: {self.worked}"


_SAME_NATIONALITY = Demonstration(
    "Are the authors of Frankenstein and Middlemarch of the same nationality?",
    "The author of Frankenstein is Mary Shelley. Mary Shelley was English. "
    "The author of Middlemarch is George Eliot. George Eliot was English.",
    "yes",
)

DEMONSTRATIONS = (
    Demonstration(
        "Which opera has the composer who was born first, Aida or Tosca?",
        "The composer of Aida is Giuseppe Verdi. Giuseppe Verdi was born on 10 October 1813. "
        "The composer of Tosca is Giacomo Puccini. "
        "Giacomo Puccini was born on 22 December 1858.",
        "Aida",
    ),
    Demonstration(
        "Where was the composer of The Planets born?",
        "The composer of The Planets is Gustav Holst. Gustav Holst was born in Cheltenham.",
        "Cheltenham",
    ),
    _SAME_NATIONALITY,
    Demonstration(
        "Who is the mother of the king who was crowned at Westminster Abbey in 1937?",
        "The king who was crowned at Westminster Abbey in 1937 is George VI. "
        "The mother of George VI is Mary of Teck.",
        "Mary of Teck",
    ),
)
"""Of two-hop and comparison questions."""

TWO_STEP_DEMONSTRATIONS = (
    Demonstration(
        "Which film has the director who was born first, Rashomon or The Searchers?",
        "The director of Rashomon is Akira Kurosawa. Akira Kurosawa was born on 23 March 1910. "
        "The director of The Searchers is John Ford. John Ford was born on 1 February 1894.",
        "The Searchers",
    ),
    Demonstration(
        "Where was the director of the film The Piano born?",
        "The director of The Piano is Jane Campion. Jane Campion was born in Wellington.",
        "Wellington",
    ),
    Demonstration(
        "Were Jean Sibelius and Edvard Grieg born in the same country?",
        "Jean Sibelius was born in Finland. Edvard Grieg was born in Norway.",
        "no",
    ),
    Demonstration(
        "Who is the paternal grandfather of Queen Victoria?",
        "The father of Queen Victoria is Prince Edward, Duke of Kent. "
        "The father of Prince Edward, Duke of Kent is George III.",
        "George III",
    ),
    Demonstration(
        "When did the author of the novel Nostromo die?",
        "The author of Nostromo is Joseph Conrad. Joseph Conrad died on 3 August 1924.",
        "3 August 1924",
    ),
    _SAME_NATIONALITY,
    Demonstration(
        "What nationality is the director of the film The Seventh Seal?",
        "The director of The Seventh Seal is Ingmar Bergman. Ingmar Bergman was Swedish.",
        "Swedish",
    ),
    Demonstration(
        "Which film came out first, Metropolis or Nosferatu?",
        "Metropolis came out in 1927. Nosferatu came out in 1922.",
        "Nosferatu",
    ),
)
"""More of them, in more kinds: with these a model of 1.5B answers comparisons in full."""
