"""What else is to be known of an order at the pass, as words in a row: for whom, bags, RIDER HERE, RUSH."""

from __future__ import annotations

from dataclasses import dataclass

from display.core import palette as p
from display.core.card_header import aggregator, order_words
from display.core.draw import Colour, Weight
from display.core.look import Look, Said
from display.core.pen import Pen
from heard.expo import ExpoCard

SIGN_TEXT = 23
WORD_GAP = 14
ICON_W = 30  # a sign and the room behind it
PAPER_PAD = 8


@dataclass(frozen=True, slots=True)
class Word:
    """A text, or a word on its paper, or a sign before it. Without `ink` it has that of its row."""

    said: Said
    weight: Weight
    paper: Colour = ""
    ink: Colour = ""
    icon: str = ""
    icon_ink: Colour = ""


def kind_words(look: Look, card: ExpoCard) -> list[Word]:
    """Type, then table or lane, where it is fetched and when it is due."""
    return [Word(said, Weight.SEMIBOLD) for said in order_words(look, card.order)]


def name_words(look: Look, card: ExpoCard) -> list[Word]:
    """Aggregator, guest and server."""
    order = card.order
    names = (aggregator(order)[0], order.guest, order.server)
    return [Word(look.said(text), Weight.REGULAR) for text in names if text]


def sign_words(look: Look, card: ExpoCard) -> list[Word]:
    """Bags, RIDER HERE, RUSH."""
    order, words, found = card.order, look.words, []
    if order.bags:
        bags = Said(look.number(order.bags * 1000), False)
        found.append(Word(bags, Weight.SEMIBOLD, icon="shopping-bag"))
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
    size = t.px(SIGN_TEXT) if word.paper else t.type_text
    width = pen.width(word.said, size, word.weight) + (t.px(ICON_W) if word.icon else 0)
    return width + (2 * t.px(PAPER_PAD) if word.paper else 0)


def draw_word(look: Look, pen: Pen, word: Word, x: int, y: int, ink: Colour, *, dim: bool) -> int:
    """The word at x with its middle at y; its width."""
    t = look.theme
    width = word_width(look, pen, word)
    size, at = t.type_text, x
    if word.paper:
        size, at = t.px(SIGN_TEXT), x + t.px(PAPER_PAD)
        pen.rect(x, y - t.px(15), width, t.px(30), p.QUIET if dim else word.paper, t.px(5))
    colour = ink if dim or not word.ink else word.ink
    if word.icon:
        pen.icon(at, y, word.icon, t.px(24), colour if dim or not word.icon_ink else word.icon_ink)
        at += t.px(ICON_W)
    pen.text(at, y, word.said, size, word.weight, colour)
    return width
