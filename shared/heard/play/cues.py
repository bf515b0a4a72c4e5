"""What a demo is sure to show, whatever chance brings: a dinner in courses, a rush, a void, late allergies, an item that is out.

Pure; these acts join those of `lunch_rush`. What the kitchen must have made before is `heard.play.encores`.
"""

from __future__ import annotations

from random import Random

from heard.command import AddLines, ChangeOrder, EightySix, FireCourse, Hold, Rush, Verb, VoidLines, VoidOrder
from heard.order import Course, Line, Note, Order, OrderType
from heard.play.menu import Dish, Menu
from heard.play.script import Act, MintId, Script, totals

DINNER_AT, MAIN_AT, DESSERT_AT = 0.1, 0.4, 0.58
"""Of the demo, as all of these: held with its starters, then fired course by course."""
OUT_AT, BACK_AT = 0.3, 0.7
VOID_AT, NOTE_AT, RUSH_AT, ALLERGY_AT = 0.34, 0.4, 0.46, 0.52
VOID_AFTER_S, NOTE_AFTER_S, RUSH_AFTER_S, ALLERGY_AFTER_S = 1.8, 1.2, 0.7, 1.0
"""After the order was held: a cook has begun, has hardly looked, has read it."""
COVERS = 3
NOTE = Note({"en": "Sesame allergy at this table", "ar": "حساسية سمسم على هذه الطاولة"})
COURSES = (
    Course(1, {"en": "Starters", "ar": "مقبلات"}, fired=True),
    Course(2, {"en": "Main", "ar": "الطبق الرئيسي"}),
    Course(3, {"en": "Dessert", "ar": "حلوى"}),
)


def with_cues(script: Script, menu: Menu, random: Random, seconds: float, mint: MintId) -> Script:
    """The script with each of them once; one for which there is no fitting order or dish is left out."""
    acts = [*script.acts]
    acts += _dinner(menu, random, seconds, mint())
    acts += _changes(script, menu, seconds)
    acts += _out(script, menu, seconds)
    return Script(tuple(sorted(acts, key=lambda act: act.at_s)))


def _dinner(menu: Menu, random: Random, seconds: float, order_id: str) -> list[Act]:
    """Every station has a starter, so that all of them hear of the table at once."""
    dishes: list[Dish] = []
    for course in COURSES:
        for station in menu.stations:
            fitting = [
                one
                for one in menu.dishes
                if one.course == course.course and _made_at(menu, one.category) == (station.station_id,)
            ]
            if fitting:
                dishes.append(random.choice(fitting))
    if len({dish.course for dish in dishes}) < 2:
        return []
    lines = tuple(
        Line(
            f"{order_id}.{n}",
            dish.item_id,
            dish.name,
            course=dish.course,
            category=dish.category,
            unit_price_minor=dish.price_minor,
            total_minor=dish.price_minor,
        )
        for n, dish in enumerate(dishes, start=1)
    )
    order = Order(
        order_id,
        type=OrderType.DINE_IN,
        table="12",
        covers=COVERS,
        server="Huda",
        lines=lines,
        courses=tuple(one for one in COURSES if any(line.course == one.course for line in lines)),
        totals=totals(lines, menu.currency),
    )
    later = [(MAIN_AT, 2), (DESSERT_AT, 3)]
    fired = [Act(at * seconds, order_id, FireCourse(n)) for at, n in later if order.courses[-1].course >= n]
    return [Act(DINNER_AT * seconds, order_id, Hold(order)), *fired]


def _changes(script: Script, menu: Menu, seconds: float) -> list[Act]:
    """A void of what a cook has begun, a note, a rush and an allergy, each of another order of the first station, which keeps pictures."""
    station = menu.stations[0].station_id
    changed = {act.order_id for act in script.acts if isinstance(act.verb, VoidOrder | VoidLines | Rush)}
    free = [
        (act.at_s, act.verb.order)
        for act in script.acts
        if isinstance(act.verb, Hold)
        and act.order_id not in changed
        and _lines_at(menu, act.verb.order, station)
    ]
    acts: list[Act] = []
    for share, after_s in (
        (VOID_AT, VOID_AFTER_S),
        (NOTE_AT, NOTE_AFTER_S),
        (RUSH_AT, RUSH_AFTER_S),
        (ALLERGY_AT, ALLERGY_AFTER_S),
    ):
        voids = share == VOID_AT
        fitting = [one for one in free if not voids or len(_lines_at(menu, one[1], station)) > 1]
        at_s = share * seconds
        found = min(fitting, key=lambda one: abs(one[0] + after_s - at_s), default=None)
        if found is None:
            continue
        free.remove(found)
        held_s, order = found
        verb: Verb = Rush()
        if voids:
            verb = VoidLines((_lines_at(menu, order, station)[0].line_id,), "guest changed their mind")
        elif share == NOTE_AT:
            verb = ChangeOrder(notes=(NOTE,))
        elif share == ALLERGY_AT:
            if not menu.allergens:
                continue
            verb = AddLines(allergens=menu.allergens[:1])
        acts.append(Act(max(at_s, held_s + after_s), order.order_id, verb))
    return acts


def _out(script: Script, menu: Menu, seconds: float) -> list[Act]:
    """The dish that is asked for most of those that nobody orders while it is out."""
    ordered: set[str] = set()
    for act in script.acts:
        if act.at_s >= OUT_AT * seconds and isinstance(act.verb, Hold | AddLines):
            lines = act.verb.order.lines if isinstance(act.verb, Hold) else act.verb.lines
            ordered |= {line.item_id for line in lines}
    free = [dish for dish in menu.dishes if dish.item_id not in ordered]
    if not free:
        return []
    dish = max(free, key=lambda one: one.weight)
    return [
        Act(OUT_AT * seconds, "", EightySix(dish.item_id, item_name=dish.name)),
        Act(BACK_AT * seconds, "", EightySix(dish.item_id, available=True, item_name=dish.name)),
    ]


def _made_at(menu: Menu, category: str) -> tuple[str, ...]:
    found = menu.categories.get(category)
    return found.stations if found is not None else ()


def _lines_at(menu: Menu, order: Order, station: str) -> list[Line]:
    return [line for line in order.lines if station in _made_at(menu, line.category)]
