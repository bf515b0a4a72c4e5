"""NOT LIVE from 2.5 s without a message, LIVE AGAIN at once, one sound at 15 s."""

from display.core.link_state import Bar, LinkWatch


def test_silence_is_shown_from_two_and_a_half_seconds_and_counts_from_the_last_message() -> None:
    watch = LinkWatch(0.0)
    watch.update(10.0, live=True, last_message_s=10.0)
    assert watch.bar(10.0).bar is Bar.LIVE
    watch.update(12.4, live=False, last_message_s=10.0)
    assert watch.bar(12.4).bar is not Bar.NOT_LIVE
    watch.update(12.5, live=False, last_message_s=10.0)
    assert watch.bar(12.5).bar is Bar.NOT_LIVE
    assert watch.bar(48.4).silent_s == 38


def test_live_again_at_once_for_five_seconds() -> None:
    watch = LinkWatch(0.0)
    watch.update(3.0, live=False, last_message_s=0.0)
    watch.update(20.0, live=True, last_message_s=20.0)
    assert watch.bar(20.0).bar is Bar.LIVE_AGAIN
    assert watch.next_due_s(20.0) == 25.0
    assert watch.bar(24.9).bar is Bar.LIVE_AGAIN
    assert watch.bar(25.0).bar is Bar.LIVE


def test_a_short_break_is_no_alarm() -> None:
    watch = LinkWatch(0.0)
    watch.update(5.0, live=True, last_message_s=5.0)
    watch.update(6.0, live=False, last_message_s=5.0)
    watch.update(6.5, live=True, last_message_s=6.5)
    assert watch.bar(6.5).bar is Bar.LIVE


def test_never_live_since_the_start() -> None:
    watch = LinkWatch(100.0)
    watch.update(101.0, live=False, last_message_s=None)
    assert watch.bar(101.0).bar is Bar.CONNECTING
    watch.update(102.5, live=False, last_message_s=None)
    assert watch.bar(102.5).bar is Bar.NOT_LIVE


def test_one_sound_for_each_silence() -> None:
    watch = LinkWatch(0.0)
    watch.update(2.5, live=False, last_message_s=0.0)
    assert not watch.sound_due(14.9)
    assert watch.next_due_s(3.0) == 15.0
    assert watch.sound_due(15.0)
    assert not watch.sound_due(60.0)
    watch.update(61.0, live=True, last_message_s=61.0)
    watch.update(64.0, live=False, last_message_s=61.0)
    assert watch.sound_due(76.0)
