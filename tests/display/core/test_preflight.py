"""One screen in a preflight: one beep after the picture, one key that means nothing else, and never a ticket hidden."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from display.core.preflight import DONE_S, GUEST_S, OVERDUE_S, RESULT_S, SETTLE_S, Check, Form
from heard.preflight import KeyCheck, Preflight, PreflightResult, SoundCheck

RUNS = Preflight("p1", 60_000, "Sara", ("é",))
RESULT = PreflightResult("p1", "Sara", running=False, wait_s=60, took_s=5.0)
OVER = Preflight("p1", 60_000, "Sara", (), RESULT)


def begun(*, takes_keys: bool = True, told_results: bool = False, busy: bool = False) -> Check:
    """A check that was told at second 0, and has been painted."""
    check = Check(takes_keys, "s1", told_results)
    check.told(RUNS, 0.0, 0)
    check.passed(0.0, busy=busy)
    check.flipped(0.1, seen=True)
    return check


def form(check: Check) -> Form:
    """As it is now."""
    return check.form


def test_the_way_of_a_screen_that_is_well() -> None:
    check = Check(True, "s1")
    assert (form(check), check.report()) == (Form.NONE, None)
    check.told(RUNS, 0.0, 0)
    assert (form(check), check.wants_beep) == (Form.PANEL, False), "the picture comes first"
    assert check.card(13.4).left_s == 47
    check.flipped(0.1, seen=True)
    assert check.wants_beep
    check.beeped(SoundCheck.PLAYED)
    check.found((), "", unplugged=False)
    first = check.report()
    assert first is not None
    assert (first.id, first.painted, first.sound, first.keys, first.asked) == (
        "p1",
        True,
        SoundCheck.PLAYED,
        KeyCheck.UNSPECIFIED,
        1,
    )
    assert check.report() is None, "nothing is said twice"
    assert check.takes("enter", "keys", 5.0)
    second = check.report()
    assert second is not None
    assert (second.keys, second.key, second.key_device) == (KeyCheck.TAKEN, "enter", "keys")
    assert form(check) is Form.PANEL, "people see that it was taken"
    check.passed(5.0 + DONE_S, busy=False)
    assert form(check) is Form.NONE


def test_a_picture_that_nobody_can_see_is_not_painted() -> None:
    check = Check(True, "s1")
    check.told(RUNS, 0.0, 0)
    check.flipped(0.1, seen=False)
    report = check.report()
    assert report is not None
    assert (report.painted, check.wants_beep) == (False, False)
    check.flipped(0.2, seen=True)
    assert check.wants_beep


def test_a_key_that_answers_bumps_nothing_nor_does_one_that_meant_the_panel() -> None:
    check = begun()
    assert check.takes("enter", "keys", 5.0, repeat=True), "a stuck key is no answer, and no bump"
    assert check.asks
    assert check.takes("enter", "keys", 5.0)
    assert check.takes("enter", "keys", 5.2), "pressed twice"
    gone_s = 5.0 + DONE_S
    check.passed(gone_s, busy=False)
    assert form(check) is Form.NONE
    assert check.takes("1", "keys", gone_s + SETTLE_S - 0.01), "the finger was on its way to the panel"
    assert not check.takes("1", "keys", gone_s + SETTLE_S)


def test_where_tickets_stand_it_is_a_line_and_the_first_key_is_still_the_answer() -> None:
    check = begun(busy=True)
    assert form(check) is Form.LINE
    assert check.takes("enter", "keys", 5.0)
    assert check.takes("enter", "keys", 5.0 + SETTLE_S - 0.01)
    assert not check.takes("enter", "keys", 5.0 + SETTLE_S), "the tickets were in view all the time"


def test_a_ticket_that_comes_makes_the_panel_a_line_and_it_stays_one() -> None:
    check = begun()
    assert form(check) is Form.PANEL
    check.passed(2.0, busy=True)
    assert form(check) is Form.LINE
    check.passed(3.0, busy=False)
    assert form(check) is Form.LINE
    assert check.asks


def test_guests_take_no_key_and_see_it_for_some_seconds() -> None:
    check = begun(takes_keys=False)
    check.beeped(SoundCheck.OFF)
    report = check.report()
    assert report is not None
    assert (report.keys, form(check)) == (KeyCheck.NONE, Form.PANEL)
    assert not check.takes("enter", "keys", 1.0)
    check.passed(0.1 + GUEST_S, busy=False)
    assert form(check) is Form.NONE


def test_the_hubs_end_takes_it_down() -> None:
    check = begun()
    check.told(OVER, 60.0, 60_000)
    assert form(check) is Form.NONE
    assert check.takes("enter", "keys", 60.2), "somebody pressed it for the panel"
    assert check.report() is None


def test_a_hub_that_never_says_the_end_is_not_waited_for() -> None:
    check = begun()
    check.passed(60.0 + OVERDUE_S - 0.1, busy=False)
    assert form(check) is Form.PANEL
    check.passed(60.0 + OVERDUE_S, busy=False)
    assert form(check) is Form.NONE


def test_a_lost_hub_takes_it_down_and_the_same_one_goes_on_where_it_was() -> None:
    check = begun()
    check.beeped(SoundCheck.PLAYED)
    check.report()
    check.lost(10.0)
    assert (form(check), check.report()) == (Form.NONE, None)
    check.told(RUNS, 12.0, 12_000)
    assert form(check) is Form.PANEL
    assert not check.wants_beep, "it has beeped"
    report = check.report()
    assert report is not None, "all of it is said again"
    assert report.sound is SoundCheck.PLAYED
    check.takes("enter", "keys", 15.0)
    check.passed(16.0, busy=False)
    check.lost(17.0)
    check.told(RUNS, 18.0, 18_000)
    assert form(check) is Form.NONE, "its key was taken"
    report = check.report()
    assert report is not None
    assert report.keys is KeyCheck.TAKEN


def test_a_hub_that_started_again_begins_anew() -> None:
    check = begun()
    check.beeped(SoundCheck.PLAYED)
    check.takes("enter", "keys", 5.0)
    check.lost(10.0)
    check.told(Preflight("p2", 90_000, "Sara"), 12.0, 12_000)
    assert (form(check), check.asks) == (Form.PANEL, True)
    report = check.report()
    assert report is not None
    assert (report.id, report.painted, report.sound) == ("p2", False, SoundCheck.UNSPECIFIED)


def test_the_pass_and_who_began_it_see_what_was_found() -> None:
    for check, seen in (
        (begun(told_results=True), True),
        (begun(), False),
        (Check(True, "Sara"), True),
    ):
        check.told(OVER, 10.0, 10_000)
        assert (check.card(10.0).result is RESULT) is seen
        assert (form(check) is Form.PANEL) is seen
    check = begun(told_results=True)
    check.told(OVER, 10.0, 10_000)
    assert check.takes("enter", "keys", 12.0)
    assert form(check) is Form.NONE
    assert check.takes("enter", "keys", 12.2)
    assert not check.takes("enter", "keys", 12.6)


def test_what_was_found_goes_by_itself_and_hides_no_ticket() -> None:
    check = begun(told_results=True)
    check.told(OVER, 10.0, 10_000)
    check.passed(11.0, busy=True)
    assert form(check) is Form.LINE
    assert check.takes("enter", "keys", 11.4), "meant for the panel"
    assert not check.takes("enter", "keys", 11.6), "a line takes no key"
    assert check.next_due_s() == 10.0 + RESULT_S
    check.passed(10.0 + RESULT_S, busy=True)
    assert form(check) is Form.NONE
    check.told(None, 40.0, 40_000)
    assert form(check) is Form.NONE


EVENTS = st.sampled_from(["told", "key", "ticket", "lost", "over", "cleared", "wait", "flip"])


@given(st.lists(st.tuples(st.floats(0, 3), EVENTS), max_size=60), st.booleans(), st.booleans())
def test_no_panel_ever_hides_a_ticket_nor_lets_a_key_through_that_was_meant_for_it(
    events: list[tuple[float, str]], takes_keys: bool, told_results: bool
) -> None:
    check = Check(takes_keys, "s1", told_results)
    now_s, busy, panel_s = 0.0, False, float("-inf")
    for wait_s, what in events:
        now_s += wait_s
        check.passed(now_s, busy=busy)
        match what:
            case "told":
                check.told(RUNS, now_s, round(now_s * 1000))
            case "over":
                check.told(OVER, now_s, round(now_s * 1000))
            case "cleared":
                check.told(None, now_s, round(now_s * 1000))
            case "lost":
                check.lost(now_s)
            case "ticket":
                busy = True
            case "flip":
                check.flipped(now_s, seen=True)
            case "key" if takes_keys:
                covered = form(check) is Form.PANEL
                taken = check.takes("enter", "keys", now_s)
                assert taken or not covered
                assert taken or now_s >= panel_s + SETTLE_S
        check.passed(now_s, busy=busy)
        assert not (busy and form(check) is Form.PANEL)
        if form(check) is Form.PANEL:
            panel_s = now_s
    check.passed(now_s + 1000, busy=busy)
    assert form(check) is Form.NONE
