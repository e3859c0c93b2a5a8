"""Worked examples by data set, written for this project; each states facts that can be looked up.

They imitate the kinds of questions of the data set and the form of an answer that can be checked:
short sentences, each with one claim, names in place of pronouns.
"""

from __future__ import annotations

from quco.demonstrations import TWO_STEP_DEMONSTRATIONS, Demonstration
from quco.errors import ConfigError

HOTPOT = (
    Demonstration(
        "At which university did the author of The Hobbit teach?",
        "The author of The Hobbit is J. R. R. Tolkien. "
        "J. R. R. Tolkien taught at the University of Oxford.",
        "University of Oxford",
    ),
    Demonstration(
        "Who was born first, Charles Darwin or Gregor Mendel?",
        "Charles Darwin was born on 12 February 1809. Gregor Mendel was born on 20 July 1822.",
        "Charles Darwin",
    ),
    Demonstration(
        "In which city is the museum that holds the painting The Night Watch?",
        "The museum that holds The Night Watch is the Rijksmuseum. "
        "The Rijksmuseum is in Amsterdam.",
        "Amsterdam",
    ),
    Demonstration(
        "Were Marie Curie and Lise Meitner both physicists?",
        "Marie Curie was a physicist and chemist. Lise Meitner was a physicist.",
        "yes",
    ),
    Demonstration(
        "Which river flows through the capital of Hungary?",
        "The capital of Hungary is Budapest. The Danube flows through Budapest.",
        "Danube",
    ),
    Demonstration(
        "Are the Alps and the Andes on the same continent?",
        "The Alps are in Europe. The Andes are in South America.",
        "no",
    ),
    Demonstration(
        "What instrument did the composer of The Four Seasons play?",
        "The composer of The Four Seasons is Antonio Vivaldi. Antonio Vivaldi played the violin.",
        "violin",
    ),
    Demonstration(
        "In what year was the engineer who designed the Clifton Suspension Bridge born?",
        "The engineer who designed the Clifton Suspension Bridge is Isambard Kingdom Brunel. "
        "Isambard Kingdom Brunel was born in 1806.",
        "1806",
    ),
)
"""For HotpotQA: bridge and comparison questions."""

MUSIQUE = (
    Demonstration(
        "What is the capital of the country where the author of A Doll's House was born?",
        "The author of A Doll's House is Henrik Ibsen. Henrik Ibsen was born in Norway. "
        "The capital of Norway is Oslo.",
        "Oslo",
    ),
    Demonstration(
        "Who founded the company that made the Model T?",
        "The company that made the Model T is the Ford Motor Company. "
        "The Ford Motor Company was founded by Henry Ford.",
        "Henry Ford",
    ),
    Demonstration(
        "In which ocean lies the island where Napoleon died?",
        "Napoleon died on Saint Helena. Saint Helena lies in the Atlantic Ocean.",
        "Atlantic Ocean",
    ),
    Demonstration(
        "In which country is the birthplace of the composer of Má vlast?",
        "The composer of Má vlast is Bedřich Smetana. Bedřich Smetana was born in Litomyšl. "
        "Litomyšl is in the Czech Republic.",
        "Czech Republic",
    ),
    Demonstration(
        "When was the university founded where Galileo studied medicine?",
        "Galileo studied medicine at the University of Pisa. "
        "The University of Pisa was founded in 1343.",
        "1343",
    ),
    Demonstration(
        "Which sea borders the country whose capital is Tallinn?",
        "Tallinn is the capital of Estonia. Estonia borders the Baltic Sea.",
        "Baltic Sea",
    ),
)
"""For MuSiQue: questions of two and more hops."""

PUBMED = (
    Demonstration(
        "Does cigarette smoking increase the risk of lung cancer?",
        "Cohort studies found far more lung cancer in smokers than in people who never smoked. "
        "The risk grew with the number of cigarettes.",
        "yes",
    ),
    Demonstration(
        "Does vitamin C prevent the common cold in the general population?",
        "In trials, regular vitamin C did not lower the number of colds. "
        "It shortened colds only slightly.",
        "no",
    ),
    Demonstration(
        "Does coffee protect against type 2 diabetes?",
        "Cohort studies found fewer cases among people who drink coffee. "
        "Cohort studies cannot show a cause. No long trial has settled the question.",
        "maybe",
    ),
    Demonstration(
        "Does handwashing by staff reduce infections in hospitals?",
        "Deaths from childbed fever fell when Ignaz Semmelweis made doctors wash their hands. "
        "Later studies found fewer infections where staff wash their hands more often.",
        "yes",
    ),
    Demonstration(
        "Are antibiotics effective against the common cold?",
        "The common cold is caused by viruses. Antibiotics act on bacteria.",
        "no",
    ),
    Demonstration(
        "Is aspirin worth taking for healthy adults to prevent heart attacks?",
        "Aspirin lowered the number of heart attacks in some trials. "
        "Aspirin raised the risk of major bleeding. "
        "Which effect is greater differs between groups of people.",
        "maybe",
    ),
)
"""For PubMedQA: yes, no and maybe."""

POPQA = (
    Demonstration("What is the capital of Peru?", "The capital of Peru is Lima.", "Lima"),
    Demonstration(
        "Who is the author of Don Quixote?",
        "The author of Don Quixote is Miguel de Cervantes.",
        "Miguel de Cervantes",
    ),
    Demonstration("What is Edith Piaf's occupation?", "Edith Piaf was a French singer.", "singer"),
    Demonstration("In what country is Lake Bled?", "Lake Bled is in Slovenia.", "Slovenia"),
    Demonstration(
        "Who was the director of Seven Samurai?",
        "The director of Seven Samurai is Akira Kurosawa.",
        "Akira Kurosawa",
    ),
    Demonstration("What genre is Rigoletto?", "Rigoletto is an opera by Giuseppe Verdi.", "opera"),
)
"""For PopQA: one fact each."""

STRATEGY = (
    Demonstration(
        "Could Aristotle have owned a printed book?",
        "Aristotle died in 322 BC. Books were first printed more than 500 years after that.",
        "no",
    ),
    Demonstration(
        "Would a vegan avoid honey?",
        "Vegans avoid food that animals make. Honey is made by bees.",
        "yes",
    ),
    Demonstration(
        "Could a penguin in Antarctica meet a wild polar bear?",
        "Wild polar bears live in the Arctic. Antarctica is at the other end of the Earth.",
        "no",
    ),
    Demonstration(
        "Did the Titanic sink before the First World War began?",
        "The Titanic sank in 1912. The First World War began in 1914.",
        "yes",
    ),
    Demonstration(
        "Can a person with coeliac disease safely eat ordinary wheat bread?",
        "People with coeliac disease must avoid gluten. Wheat bread contains gluten.",
        "no",
    ),
    Demonstration(
        "Is Mount Everest more than ten times as high as the Eiffel Tower?",
        "Mount Everest is 8,849 metres high. The Eiffel Tower is 330 metres high.",
        "yes",
    ),
)
"""For StrategyQA: yes and no."""

DEMONSTRATIONS = {
    "2wikimultihopqa": TWO_STEP_DEMONSTRATIONS,
    "hotpotqa": HOTPOT,
    "musique": MUSIQUE,
    "pubmedqa": PUBMED,
    "popqa": POPQA,
    "strategyqa": STRATEGY,
}
"""The worked examples of each data set, the most typical first."""


def demonstrations(name: str, n: int | None = None) -> tuple[Demonstration, ...]:
    """Return the first `n` worked examples for the data set `name`; all of them for None.

    Raises
    ------
    ConfigError
        If there are none for this name, or fewer than `n`.
    """
    if name not in DEMONSTRATIONS:
        known = ", ".join(DEMONSTRATIONS)
        raise ConfigError(f"no worked examples for {name!r}; there are some for {known}")
    found = DEMONSTRATIONS[name]
    if n is not None and n > len(found):
        raise ConfigError(f"{n} worked examples were asked for; {name!r} has {len(found)}")
    return found[:n]
