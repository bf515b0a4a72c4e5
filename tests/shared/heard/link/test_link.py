"""The link against a real gRPC hub that misbehaves: the picture comes back, commands take effect once, nothing blocks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from heard.backoff import Backoff
from heard.command import Answer, BumpLines, Command, Hold, Outcome, PaintedLine, Reason, Rush
from heard.errors import InvalidInput, LinkError
from heard.link import Applied, Finder, JournalFile, Link, LinkState, Phase, sender
from heard.link.core import commands as core_commands
from heard.order import Order
from heard.stream import Alive, Behind, Cart, CartState, Painted, View, ViewKind
from tests.fakes.hub import GRILL, FakeHub, order, running_hub
from tests.fakes.hub_verbs import STATION

TILL = View(ViewKind.TERMINAL, terminal="T1")


@pytest.fixture
async def hub() -> AsyncIterator[FakeHub]:
    async with running_hub() as one:
        yield one


@asynccontextmanager
async def linked(
    hub: FakeHub, journal: Path | None = None, view: View = GRILL, *, wait: bool = True, **settings: Any
) -> AsyncIterator[Link]:
    """A started link; live when `wait`."""
    file = await JournalFile.open(journal, device="T1") if journal is not None else None
    link = Link(device="T1", view=view, finder=Finder(hub.address), journal=file, **settings)
    await link.start()
    try:
        if wait:
            await hub.until(lambda: link.state.live)
        yield link
    finally:
        await link.close()


def shown(link: Link) -> dict[str, int]:
    return {key: document.version for key, document in link.documents.items()}


def wanted(hub: FakeHub, view: View = GRILL) -> dict[str, int]:
    return {document.order_id: document.version for document in hub.view(view.name)}


async def put(hub: FakeHub, *order_ids: str) -> None:
    """Orders held by somebody else."""
    for order_id in order_ids:
        hub.execute(
            Command(
                order_id,
                Hold(order(order_id)),
                seq=hub.expected.get(("x", "x"), 1),
                device="x",
                incarnation="x",
            )
        )
    await hub.wake()


async def test_a_snapshot_then_changes_then_live(hub: FakeHub) -> None:
    await put(hub, "o1")
    batches: list[Applied] = []
    states: list[LinkState] = []
    file = Link(device="d1", view=GRILL, finder=Finder(hub.address))
    file.on_applied(batches.append)
    file.on_state(states.append)
    await file.start()
    try:
        await hub.until(lambda: file.state.live)
        assert shown(file) == {"o1": 1}
        await put(hub, "o2")
        await hub.until(lambda: "o2" in file.documents)
        assert batches[0].reset
        assert [one.order_id for batch in batches[1:] for one in batch.puts] == ["o2"]
        assert file.profile.station(STATION) is not None
        assert file.business_date == "2026-11-23"
        assert abs(file.hub_now_ms() - 5_000_000 - int(asyncio.get_running_loop().time() * 1000)) < 2_000
        assert [state.phase for state in states if state.phase is not Phase.CONNECTING][-1] is Phase.LIVE
        assert file.state.address == hub.address
    finally:
        await file.close()


async def test_a_broken_stream_is_resumed_and_never_listed_again(hub: FakeHub) -> None:
    await put(hub, "o1")
    async with linked(hub) as link:
        hub.drop()
        await put(hub, "o2")
        await hub.until(lambda: shown(link) == wanted(hub))
        assert [(watch.epoch, watch.from_rev) for watch in hub.watches][1] == (hub.epoch, 1)


async def test_a_stopped_hub_is_live_again_soon_after_it_listens(hub: FakeHub) -> None:
    async with linked(hub) as link:
        await hub.stop()
        await hub.until(lambda: link.state.phase is Phase.NOT_LIVE)
        assert link.state.since_s == link.last_message_s
        await hub.start()
        await hub.until(lambda: link.state.live, 3.0)


async def test_silence_is_not_live_within_three_seconds_and_heals_on_a_fresh_channel(hub: FakeHub) -> None:
    await put(hub, "o1")
    async with linked(hub) as link:
        loop = asyncio.get_running_loop()
        hub.faults.silent = True
        began = loop.time()
        await hub.until(lambda: link.state.phase is Phase.NOT_LIVE)
        assert loop.time() - began < 3.0
        assert "no message from the hub for 2.5 s" in link.state.reason
        assert shown(link) == {"o1": 1}, "the tickets stay"
        hub.faults.silent = False
        await put(hub, "o2")
        await hub.until(lambda: link.state.live and shown(link) == wanted(hub), 3.0)


async def test_a_wrong_digest_lists_again_loudly(hub: FakeHub, caplog: pytest.LogCaptureFixture) -> None:
    await put(hub, "o1")
    async with linked(hub) as link:
        hub.faults.wrong_digests = 1
        await hub.until(lambda: len(hub.watches) == 2 and link.state.live)
        assert hub.watches[1].from_rev == 0
        assert "listed again: the picture differs" in caplog.text


async def test_a_goodbye_is_followed_by_the_next_stream(hub: FakeHub) -> None:
    async with linked(hub) as link:
        await hub.goodbye(300)
        await hub.until(lambda: len(hub.watches) == 2)
        await hub.until(lambda: link.state.hello is not None and link.state.live)


async def test_commands_take_effect_in_order_and_marks_leave_with_the_stream(
    hub: FakeHub, tmp_path: Path
) -> None:
    answers: list[tuple[Command, Answer]] = []
    async with linked(hub, tmp_path / "journal") as link:
        link.on_answer(lambda command, answer: answers.append((command, answer)))
        made = await asyncio.gather(*[link.command(f"o{n}", Hold(order(f"o{n}"))) for n in range(50)])
        assert [command.seq for command in made] == list(range(1, 51))
        await hub.until(lambda: len(answers) == 50 and not link.pending)
        assert [effect[1] for effect in hub.effects] == list(range(1, 51))
        assert [command.order_id for command, _ in answers] == [f"o{n}" for n in range(50)]
        assert all(answer.outcome is Outcome.DONE for _, answer in answers)
        await link.command("o0", BumpLines(STATION, (PaintedLine("o0.1", 1),)))
        await hub.until(lambda: "o0" not in link.documents)


async def test_a_mark_stays_until_the_stream_has_the_change(hub: FakeHub, tmp_path: Path) -> None:
    async with linked(hub, tmp_path / "journal") as link:
        hub.faults.silent = True
        answered = asyncio.Event()
        link.on_answer(lambda command, answer: answered.set())
        await link.command("o1", Hold(order("o1")))
        await asyncio.wait_for(answered.wait(), 2)
        # The batch that was on its way may have carried it; a second command comes after it for sure.
        answered.clear()
        second = await link.command("o2", Hold(order("o2")))
        await asyncio.wait_for(answered.wait(), 2)
        assert link.pending[second.seq].answered_rev == 2
        hub.faults.silent = False
        await hub.until(lambda: not link.pending)


async def test_no_hub_commands_wait_on_disk_and_survive_a_restart(hub: FakeHub, tmp_path: Path) -> None:
    await hub.stop()
    async with linked(hub, tmp_path / "journal", wait=False) as link:
        for n in range(3):
            await link.command(f"o{n}", Hold(order(f"o{n}")))
        assert set(link.pending) == {1, 2, 3}
    await hub.start()
    async with linked(hub, tmp_path / "journal") as link:
        await hub.until(lambda: len(hub.effects) == 3 and not link.pending)
        await link.command("o3", Hold(order("o3")))
        await hub.until(lambda: len(hub.effects) == 4)
    assert [effect[1] for effect in hub.effects] == [1, 2, 3, 4]


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command stream that broke opens again after some hundredths of a second."""
    monkeypatch.setattr(sender, "REOPEN", Backoff(low_s=0.02, high_s=0.05, first_s=0.02))


@pytest.mark.usefixtures("hurried")
async def test_lost_answers_are_asked_for_again_and_nothing_is_done_twice(
    hub: FakeHub, tmp_path: Path
) -> None:
    answers: list[Answer] = []
    hub.faults.lose_answers = 2
    async with linked(hub, tmp_path / "journal") as link:
        link.on_answer(lambda command, answer: answers.append(answer))
        for n in range(4):
            await link.command(f"o{n}", Hold(order(f"o{n}")))
        await hub.until(lambda: len(answers) == 4)
    assert [effect[1] for effect in hub.effects] == [1, 2, 3, 4]
    assert sorted(answer.seq for answer in answers) == [1, 2, 3, 4]


async def test_expected_rewinds(hub: FakeHub, tmp_path: Path) -> None:
    async with linked(hub, tmp_path / "journal") as link:
        for n in range(5):
            await link.command(f"o{n}", Hold(order(f"o{n}")))
        await hub.until(lambda: len(hub.effects) == 5)
        hub.effects.clear()
        hub.faults.expected = 3  # the hub has forgotten what came after
        await link.command("o5", Hold(order("o5")))
        await hub.until(lambda: len(hub.effects) == 4)
    assert [effect[1] for effect in hub.effects] == [3, 4, 5, 6]


async def test_a_refused_command_stream_does_not_take_the_picture_down(
    hub: FakeHub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hub.faults.refuse_submit = True
    async with linked(hub, tmp_path / "journal") as link:
        await link.command("o1", Hold(order("o1")))
        await hub.until(lambda: "no commands from you" in caplog.text)
        assert len(hub.watches) == 1
        hub.faults.refuse_submit = False
        await hub.until(lambda: "o1" in link.documents)
        assert caplog.text.count("commands cannot be sent") == 1
    assert len(hub.watches) == 1


@pytest.mark.usefixtures("hurried")
async def test_a_full_hub_consumes_nothing_and_gets_everything_later(hub: FakeHub, tmp_path: Path) -> None:
    hub.faults.unavailable = True
    async with linked(hub, tmp_path / "journal") as link:
        await link.command("o1", Hold(order("o1")))
        await link.command("o2", Hold(order("o2")))
        await hub.until(lambda: hub.refused >= 2)
        assert not hub.effects
        hub.faults.unavailable = False
        await hub.until(lambda: [effect[1] for effect in hub.effects] == [1, 2])


async def test_a_restored_hub_is_offered_the_journal_from_where_it_stands(
    hub: FakeHub, tmp_path: Path
) -> None:
    async with linked(hub, tmp_path / "journal") as link:
        for n in range(6):
            await link.command(f"o{n}", Hold(order(f"o{n}")))
        await hub.until(lambda: len(link.documents) == 6)
        hub.effects.clear()
        await hub.new_epoch(keep_orders=2, expected_minus=4)
        await hub.until(lambda: link.epoch == hub.epoch and len(link.documents) == 6)
        assert [effect[1] for effect in hub.effects] == [3, 4, 5, 6]
        assert shown(link) == wanted(hub)
        assert not link.pending


async def test_gone_in_a_young_epoch_goes_to_the_end_and_is_done_when_the_order_is_there(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_commands, "GONE_RETRY_S", 0.05)
    await put(hub, "o1")
    answers: list[Answer] = []
    async with linked(hub, tmp_path / "journal") as link:
        link.on_answer(lambda command, answer: answers.append(answer))
        await hub.new_epoch()
        await hub.until(lambda: link.epoch == hub.epoch and link.state.live)
        await link.command("o1", Rush())
        await hub.until(lambda: [effect[2] for effect in hub.effects].count("rush") >= 2)
        assert not answers, "it is not given up"
        hub.expected.pop(("x", "x"))
        await put(hub, "o1")
        await hub.until(lambda: bool(answers))
        assert (answers[0].outcome, hub.orders["o1"].rush) == (Outcome.DONE, True)
        await hub.until(lambda: not link.pending)


async def test_gone_in_an_old_epoch_is_final(hub: FakeHub, tmp_path: Path) -> None:
    answers: list[Answer] = []
    async with linked(hub, tmp_path / "journal") as link:
        link.on_answer(lambda command, answer: answers.append(answer))
        await link.command("no-such", Rush())
        await hub.until(lambda: bool(answers))
        assert (answers[0].reason, len(hub.effects)) == (Reason.GONE, 1)


async def test_an_older_copy_of_the_journal_begins_a_new_incarnation(hub: FakeHub, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    async with linked(hub, journal) as link:
        await link.command("o1", Hold(order("o1")))
        await hub.until(lambda: not link.pending)
    old = journal.read_bytes()
    async with linked(hub, journal) as link:
        for n in (2, 3):
            await link.command(f"o{n}", Hold(order(f"o{n}")))
        await hub.until(lambda: len(hub.effects) == 3)
    journal.write_bytes(old)  # an image of the disk is put back
    async with linked(hub, journal) as link:
        await link.command("o4", Hold(order("o4")))
        await hub.until(lambda: "o4" in hub.orders)
    assert len({effect[0] for effect in hub.effects}) == 2
    assert sorted(hub.orders) == ["o1", "o2", "o3", "o4"]


async def test_the_last_tickets_are_there_before_any_hub_is(hub: FakeHub, tmp_path: Path) -> None:
    await put(hub, "o1", "o2")
    async with linked(hub, tmp_path / "journal") as link:
        seen, now_ms = shown(link), link.hub_now_ms()
    await hub.stop()
    async with linked(hub, tmp_path / "journal", wait=False) as link:
        assert shown(link) == seen
        assert link.profile == hub.profile
        assert 0 <= link.hub_now_ms() - now_ms < 10_000
        assert not link.hub_now_sure
        await hub.until(lambda: link.state.phase is Phase.NOT_LIVE, 3.5)
        await hub.start()
        await hub.until(lambda: link.state.live)
        assert hub.watches[-1].from_rev == 2, "it resumes"
    async with linked(hub, tmp_path / "journal", view=TILL) as link:
        assert hub.watches[-1].from_rev == 0, "the picture of another view is not taken"


async def test_painted_and_alive_reach_the_hub_and_heard_comes_back(hub: FakeHub, tmp_path: Path) -> None:
    async with linked(hub, tmp_path / "till", view=TILL) as till:
        await till.command("o1", Hold(order("o1")))
        async with linked(hub, screen=True, headless=True, count_headless=True) as screen:
            await hub.until(lambda: "o1" in screen.documents)
            screen.painted(Painted(screen.epoch, (("o1", 1),), whole_picture=True))
            screen.painted(Painted(screen.epoch, behind=(Behind("o2", 1, 3),)))
            screen.alive(Alive(1))
            screen.alive(Alive(screen.rev, screen.digest))
            await hub.until(lambda: bool(hub.painted and hub.alive))
            assert hub.painted[0].newly_shown == (("o1", 1),)
            assert hub.painted[0].whole_picture
            assert hub.alive[-1] == Alive(screen.rev, screen.digest)
            assert hub.watches[-1].count_headless
        values: list[str] = []
        till.on_applied(lambda applied: values.extend(live.key for live in applied.live_values))
        await hub.wake()
        await hub.until(lambda: f"heard/o1/{STATION}" in till._reflector.live)


async def test_live_values_go_up_and_the_last_one_wins(hub: FakeHub, tmp_path: Path) -> None:
    async with linked(hub, tmp_path / "journal", view=TILL) as link:
        for total in range(100):
            link.show("cart:T1", Cart("T1", total, CartState.OPEN, total_minor=total))
        await hub.until(
            lambda: "cart:T1" in hub.live and getattr(hub.live["cart:T1"].value, "total_minor", 0) == 99
        )
        hub.drop()
        hub.live.clear()
        await hub.until(lambda: "cart:T1" in hub.live)
        link.show("cart:T1", None)
        await hub.until(lambda: hub.live["cart:T1"].value is None)


async def test_the_recall_list_asks_the_hub_and_says_when_there_is_none(hub: FakeHub) -> None:
    await put(hub, "o1")
    async with linked(hub) as link:
        assert [one.order_id for one in await link.recall_list(STATION)] == ["o1"]
    with pytest.raises(LinkError, match="there is no hub to ask"):
        await link.recall_list(STATION)


async def test_a_learnt_key_map_is_stored_at_the_hub_or_refused_with_words(hub: FakeHub) -> None:
    async with linked(hub) as link:
        await link.set_key_map(STATION, {"bump": "f1"})
        assert hub.key_maps == {STATION: {"bump": "f1"}}
        with pytest.raises(LinkError, match="key_map is empty"):
            await link.set_key_map(STATION, {})
    with pytest.raises(LinkError, match="there is no hub to ask"):
        await link.set_key_map(STATION, {"bump": "f2"})


async def test_what_can_never_be_accepted_is_refused_before_the_journal(hub: FakeHub, tmp_path: Path) -> None:
    async with linked(hub, tmp_path / "journal") as link:
        with pytest.raises(InvalidInput) as caught:
            await link.command("o1", Hold(Order("o1")))
        assert caught.value.field == "command.hold.order.lines"
        assert not link.pending
    async with linked(hub) as link:
        with pytest.raises(LinkError, match="sends no commands"):
            await link.command("o1", Rush())


async def test_plaintext_to_another_machine_is_refused_with_a_reason(hub: FakeHub) -> None:
    link = Link(device="d1", view=GRILL, finder=Finder("192.0.2.1:7420", mdns=False))
    await link.start()
    try:
        await hub.until(lambda: "plaintext is allowed only here" in link.state.reason, 3.0)
    finally:
        await link.close()


async def test_of_several_addresses_the_one_that_answers_is_taken(hub: FakeHub) -> None:
    class Two(Finder):
        def candidates(self) -> tuple[str, ...]:
            return ("127.0.0.1:1", hub.address)

    link = Link(device="d1", view=GRILL, finder=Two(mdns=False))
    await link.start()
    try:
        await hub.until(lambda: link.state.live)
        assert link.state.address == hub.address
    finally:
        await link.close()


async def test_a_listener_that_fails_changes_nothing(hub: FakeHub, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: object) -> None:
        raise ValueError("a painter's mistake")

    async with linked(hub, wait=False) as link:
        link.on_applied(fail)
        link.on_state(fail)
        await hub.until(lambda: link.state.live)
        await put(hub, "o1")
        await hub.until(lambda: "o1" in link.documents)
    assert "a painter's mistake" in caplog.text


async def test_nothing_is_left_behind(hub: FakeHub, tmp_path: Path) -> None:
    before = len(asyncio.all_tasks())
    async with linked(hub, tmp_path / "journal", screen=True) as link:
        hub.drop()
        await hub.until(lambda: len(hub.watches) == 2)
        await link.command("o1", Rush())
    await hub.until(lambda: not hub._streams)
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) <= before
