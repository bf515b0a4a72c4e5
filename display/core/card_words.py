"""What else is to be known of an order at the pass, as words in a row: for how many and whom, bags, RIDER HERE, RUSH."""

from __future__ import annotations

from dataclasses import dataclass

from display.core import palette as p
from display.core.card_header import COVERS, covers, order_names, order_words
from display.core.draw import Colour, Weight
from display.core.look import Look, Said
from display.core.pen import Pen
from heard.expo import ExpoCard

SIGN_TEXT = 23
WORD_GAP = 14
ICON_W = 30  # a sign and the room behind it
PAPER_PAD, PAPER_H = 8, 30
LABEL_GAP = 8


@dataclass(frozen=True, slots=True)
class Word:
    """A text, or a word on its paper, or a sign before it. Without `ink` it has that of its row.

    One with a `label`, a station, counts dishes and is as large as they are.
    """

    said: Said
    weight: Weight
    paper: Colour = ""
    ink: Colour = ""
    icon: str = ""
    icon_ink: Colour = ""
    label: Said | None = None


def kind_words(look: Look, card: ExpoCard) -> list[Word]:
    """Type, then table or lane, where it is fetched and when it is due."""
    return [Word(said, Weight.SEMIBOLD) for said in order_words(look, card.order)]


def name_words(look: Look, card: ExpoCard) -> list[Word]:
    """Aggregator, guest and server."""
    return [Word(said, Weight.REGULAR) for said in order_names(look, card.order)]


def cover_words(look: Look, card: ExpoCard) -> list[Word]:
    """How many eat at the table."""
    number = covers(look, card.order)
    return [Word(Said(number, False), Weight.REGULAR, icon=COVERS)] if number else []


def bag_words(look: Look, card: ExpoCard) -> list[Word]:
    """How many bags it is in."""
    bags = card.order.bags
    said = Said(look.number(bags * 1000), False)
    return [Word(said, Weight.SEMIBOLD, "", p.INK, "shopping-bag", p.LABEL)] if bags else []


def grave_words(look: Look, card: ExpoCard) -> list[Word]:
    """RIDER HERE, RUSH."""
    order, words, found = card.order, look.words, []
    if order.rider_here_at_ms:
        said = Said(words.say("rider_here"), look.rtl)
        found.append(Word(said, Weight.BOLD, p.RIDER_HERE, p.RIDER_HERE_INK, "bike"))
    if order.rush and not card.cancelled:
        said = Said(words.say("pill.RUSH"), look.rtl)
        found.append(Word(said, Weight.BOLD, p.PILL_RUSH, p.PILL_RUSH_INK, "zap"))
    return found


def word_width(look: Look, pen: Pen, word: Word) -> int:
    """How much of a row it takes."""
    t = look.theme
    width = pen.width(word.said, _size(look, word), word.weight) + (t.px(ICON_W) if word.icon else 0)
    if word.label is not None:
        width += pen.width(word.label, t.type_text, Weight.SEMIBOLD) + t.px(LABEL_GAP)
    return width + (2 * t.px(PAPER_PAD) if word.paper else 0)


def draw_word(look: Look, pen: Pen, word: Word, x: int, y: int, ink: Colour, *, dim: bool) -> int:
    """The word at x with its middle at y; its width."""
    t = look.theme
    width = word_width(look, pen, word)
    at = x
    if word.paper:
        at = x + t.px(PAPER_PAD)
        h = min(t.px(PAPER_H), t.progress_h - 2)
        pen.rect(x, y - h // 2, width, h, p.QUIET if dim else word.paper, t.px(5))
    colour = ink if dim or not word.ink else word.ink
    if word.icon:
        pen.icon(at, y, word.icon, t.px(24), colour if dim or not word.icon_ink else word.icon_ink)
        at += t.px(ICON_W)
    if word.label is not None:
        pen.text(at, y, word.label, t.type_text, Weight.SEMIBOLD, p.DIM if dim else p.LINK)
        at += pen.width(word.label, t.type_text, Weight.SEMIBOLD) + t.px(LABEL_GAP)
    pen.text(at, y, word.said, _size(look, word), word.weight, colour)
    return width


def _size(look: Look, word: Word) -> int:
    t = look.theme
    return t.px(SIGN_TEXT) if word.paper else t.item_text if word.label is not None else t.type_text
