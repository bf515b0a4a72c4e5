"""The numbers of one terminal: `call` numbers for guests (leased blocks, gaps are fine) and `fiscal` numbers for documents
(no gap, no repeat, per device and incarnation)."""

from heard.numbering.call import (
    BLOCKS_MAX,
    FEW,
    LETTERS,
    OWN_MAX,
    Numbers,
    letter_of,
    numbers_from_text,
)
from heard.numbering.fiscal import (
    Book,
    FiscalNumber,
    FiscalPlan,
    NumbersExhausted,
    Segment,
    book_from_text,
)

__all__ = [
    "BLOCKS_MAX",
    "FEW",
    "LETTERS",
    "OWN_MAX",
    "Book",
    "FiscalNumber",
    "FiscalPlan",
    "Numbers",
    "NumbersExhausted",
    "Segment",
    "book_from_text",
    "letter_of",
    "numbers_from_text",
]
