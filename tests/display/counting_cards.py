"""Counts a painted expo screen: from what is written on its cards, against the orders themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from display.core import palette as p
from display.core.card_blocks import station_words
from display.core.draw import Group, Picture, Rect
from display.core.fixture import Fixture
from display.core.look import Look, pick
from heard.expo import ExpoCard, expo_card, expo_key
from heard.order import OrderType
from tests.display.counting import extent, groups, plain, texts

FOLDS, COUNTS, NO_NOTES = 2, 3, 6
"""From which closeness on what is made is counted once, and from which one stations are; beyond it also of what is begun.

Before NO_NOTES what guests wrote of dishes that are only counted is said.
"""


@dataclass
class CountedCards:
    """A picture beside what it should say."""

    picture: Picture
    fixture: Fixture
    look: Look
    closeness: int = 0

    def __post_init__(self) -> None:
        self.groups = groups(self.picture)
        found = [card for order in self.fixture.orders if (card := expo_card(order)) is not None]
        self.cards = {card.key: card for card in found}
        self.bumped = {card.key for card in found if card.order.call_number in self.fixture.bumped}
        self.tiles: dict[str, list[Group]] = {}
        for key, group in self.groups.items():
            if "/" in key:
                self.tiles.setdefault(key.split("/")[0], []).append(group)

    def check(self) -> None:
        """Every rule of a counted golden."""
        for key, parts in self.tiles.items():
            written = [text for part in parts for text in texts(part)]
            card = self.cards[key]
            if not card.waiting_only:
                self._check_lines(card, parts, written)
                self._check_progress(card, written, bumped=key in self.bumped)
                self._check_allergy(card, parts)
                self._check_paid(card, written)
            self._check_colour(card, parts[0], bumped=key in self.bumped)
        self.check_counts()
        self.check_order()
        self.check_inside()

    def _say(self, key: str, **values: object) -> str:
        return plain(self.look.words.say(key, **values))

    def _check_lines(self, card: ExpoCard, parts: list[Group], written: list[str]) -> None:
        """Each missing line by name; each ready or packed one too; done and held ones counted.

        On close cards what is made is only counted; at the closest by station what nothing is made of, or what has far to go.
        """
        more = self._number("more", " ".join(texts(parts[-1])))
        joined = " ".join(written)
        made_named = card.ready and self.closeness < FOLDS
        named = [*card.missing, *card.packing, *(card.done if made_named else ())]
        far = not card.made or (self.closeness > COUNTS and len(card.missing) > 1)
        if self.closeness >= COUNTS and far and self._counted(card, written):
            named = [*card.packing]
            if self.closeness < NO_NOTES and not more:
                self._check_notes(card, joined)
        names = {
            pick(one.line.name, self.look.first, self.look.site_languages) for one in named if one.line.name
        }
        absent = [name for name in names if name not in joined]
        assert len(absent) <= more, f"{card.order.call_number}: {absent} neither drawn nor counted"
        if not card.ready and card.done and not more and self.closeness < FOLDS:
            assert self._say("expo.done", n=len(card.done)) in written
        if card.ready and card.done and not more and not made_named:
            assert self.look.number(len(card.done) * 1000) in written
        if card.order.covers and card.order.table and not more and card.key not in self.bumped:
            assert self.look.number(card.order.covers * 1000) in written
        if card.held and not more:
            items = sum(one.line.quantity_milli for one in card.held) // 1000
            assert self._say("expo.held", n=items) in joined

    def _check_notes(self, card: ExpoCard, joined: str) -> None:
        for note in (note for one in card.missing for note in one.line.notes if not note.allergy):
            said = pick(note.text, self.look.first, self.look.site_languages)
            assert all(word in joined for word in said.split()), f"{card.order.call_number}: {said}"

    def _counted(self, card: ExpoCard, written: list[str]) -> bool:
        """Whether it says how much each station has to make, and says it right."""
        sums: dict[tuple[str, ...], int] = {}
        for one in card.missing:
            sums[one.stations] = sums.get(one.stations, 0) + one.line.quantity_milli
        for stations, milli in sums.items():
            label = station_words(self.look, stations)
            after = dict(pairwise(written)).get(plain(label.text) if label else "", "")
            if after != self.look.number(milli):
                return False
        return bool(sums)

    def _number(self, key: str, written: str) -> int:
        pattern = re.escape(self._say(key, n="@")).replace("@", r"(\d+)")
        match = re.search(pattern, written)
        return int(match[1]) if match else 0

    def _check_progress(self, card: ExpoCard, written: list[str], *, bumped: bool) -> None:
        if bumped or card.cancelled:
            return
        wanted = self._say("ready") if card.ready else self._say("n_of_m", n=card.made, m=card.total)
        assert wanted in written, f"{card.order.call_number}: {wanted}"

    def _check_allergy(self, card: ExpoCard, parts: list[Group]) -> None:
        """An allergy stands on every part, with the bar that confirms it until it is."""
        if not card.allergens and not card.allergy_lines:
            return
        word = self._say("confirm") if card.unconfirmed else self._say("confirmed")
        for part in parts:
            whites = [op for op in part.ops if isinstance(op, Rect) and op.colour == p.ALLERGY_PAPER]
            assert whites, card.order.call_number
            assert word in texts(part)

    def _check_paid(self, card: ExpoCard, written: list[str]) -> None:
        if card.order.type is OrderType.DINE_IN and not card.order.paid:
            return
        if self._number("more", " ".join(written)):
            return  # it stands on a later page
        assert self._say("paid" if card.order.paid else "unpaid") in written, card.order.call_number

    def _check_colour(self, card: ExpoCard, part: Group, *, bumped: bool) -> None:
        papers = {op.colour for op in part.ops if isinstance(op, Rect) and op.y == 0 and op.w > part.w // 2}
        assert (p.READY in papers) == (card.ready and not bumped), card.order.call_number

    def check_counts(self) -> None:
        """Open = shown + waiting; Ready is what is green."""
        open_ = set(self.cards) - self.bumped
        shown = set(self.tiles) - self.bumped
        pattern = re.compile(r"\+(\d+)")
        found = [int(match[1]) for text in texts(self.groups["bottom"]) if (match := pattern.search(text))]
        assert (found or [0]) == [len(open_) - len(shown)]
        if self.fixture.alarms:
            assert self.fixture.alarms[0] in " ".join(texts(self.groups["top"]))
        if self.fixture.silent_s or self.fixture.alarms:
            return
        top = [text.removeprefix("≥ ") for text in texts(self.groups["top"])]
        ready = sum(self.cards[key].ready for key in open_)
        for word, count in (("open", len(open_)), ("ready.count", ready)):
            if self._say(word) in top:
                assert top[top.index(self._say(word)) + 1] == str(count)
            else:
                assert self.fixture.width < self.fixture.height, "only an upright panel has no room for it"

    def check_order(self) -> None:
        """Ready and waiting first, then by due time; what only waits stands last."""
        keys = [expo_key(self.cards[key]) for key in self.tiles]
        assert keys == sorted(keys)

    def check_inside(self) -> None:
        """Nothing reaches over the edge of its card or bar."""
        for group in self.groups.values():
            for op in group.ops:
                left, right = extent(op, self.look.measurer)
                assert left >= 0, (group.key, op)
                assert right <= group.w, (group.key, op)
