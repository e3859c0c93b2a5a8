"""What follows from what an answer has said: logic, without a corpus and without a model."""

from quco.conclusions.answering import unanswered
from quco.conclusions.drawn import Conclusion, Gap, conclude
from quco.conclusions.implied import draw, implied
from quco.conclusions.question import compares

__all__ = ["Conclusion", "Gap", "compares", "conclude", "draw", "implied", "unanswered"]
