"""Every metric of the hub, gathered when /metrics is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.admin.figures import Figure, figure, labelled
from hub.backup import BackupKeeper
from hub.cloud.outgoing import Outgoing, PushFigures
from hub.cloud.side import CloudFigures, CloudSide, NoCloud
from hub.core.hearing import Hearing
from hub.floor import FloorKeeper
from hub.paper import PaperKeeper, PrinterCount
from hub.rpc.kitchen import KitchenService
from hub.rpc.services import Services
from hub.store.lmdb_store import LmdbStore


@dataclass(slots=True)
class LoopLag:
    """How late the event loop was, in seconds: the newest and the worst since start."""

    newest_s: float = 0.0
    worst_s: float = 0.0

    def note(self, late_s: float) -> None:
        self.newest_s = max(0.0, late_s)
        self.worst_s = max(self.worst_s, late_s)


@dataclass(slots=True)
class Sources:
    """Where the figures come from; `nobodys_lines` is counted by the wiring."""

    services: Services
    kitchen: KitchenService
    store: LmdbStore
    hearing: Hearing
    floor: FloorKeeper
    cloud: CloudSide | NoCloud
    outgoing: Outgoing
    paper: PaperKeeper
    backup: BackupKeeper
    lag: LoopLag = field(default_factory=LoopLag)
    nobodys_lines: int = 0


def figures(hub: Sources) -> list[Figure]:
    """The hub as it is now."""
    counters, store, stats = hub.services.counters, hub.store, hub.store.stats
    sessions = hub.services.sessions
    return [
        figure("heard_clock_suspect", "gauge", "1 while the hub's wall clock is in doubt.", hub.services.clock.suspect),
        figure("heard_orders_held_total", "counter", "Orders held since start.", counters.holds),
        figure("heard_commands_total", "counter", "Commands that came in since start.", counters.commands),
        figure("heard_commands_rejected_total", "counter", "Commands refused since start.", counters.commands_rejected),
        figure("heard_calls_refused_total", "counter", "Calls ended with an error since start.", counters.refused_calls),
        figure("heard_live_values_refused_total", "counter", "Carts and the like that could not be shown.", counters.live_values_refused),
        figure("heard_open_orders", "gauge", "Orders that are open now.", len(store.open_orders())),
        figure("heard_nobodys_lines_total", "counter", "Lines that no routing rule matched, since start.", hub.nobodys_lines),
        figure("heard_nobodys_lines_open", "gauge", "Open lines that no rule matched, or whose closed station nobody stands in for.", hub.floor.nobodys_lines),
        figure("heard_orders_moved_total", "counter", "Orders whose work left a station that does not cook, since start.", hub.floor.moved_total),
        labelled("heard_facts", "gauge", "Open changes by what the kitchen has of them.", "state", hub.hearing.counts()),
        figure("heard_not_heard_total", "counter", "Alarms for changes that nobody heard, since start.", hub.hearing.not_heard_total),
        labelled("heard_screens_live", "gauge", "Live screens by station.", "station", live_screens(hub.hearing)),
        labelled("heard_watchers", "gauge", "Open watches by view.", "view", hub.kitchen.watchers),
        labelled(
            "heard_streams", "gauge", "Open streams by kind.", "kind",
            {kind: sessions.count(kind) for kind in ("watch", "report", "submit")},
        ),
        figure("heard_watch_resumes_total", "counter", "Watches that went on from their revision.", counters.resumes),
        figure("heard_watch_snapshots_total", "counter", "Watches that began with a snapshot.", counters.snapshots),
        figure("heard_slow_streams_ended_total", "counter", "Streams ended because nothing was read.", hub.services.writes.ended),
        figure("heard_grpc_operations_total", "counter", "Messages read and written, begins and ends of calls.", counters.grpc_operations),
        figure("heard_grpc_sent_bytes_total", "counter", "Bytes of messages written.", counters.bytes_sent),
        figure("heard_store_revision", "gauge", "Newest committed revision.", store.rev),
        figure("heard_store_compact_revision", "gauge", "The log begins after this revision.", store.compact_rev),
        figure("heard_store_commits_total", "counter", "Commits since start.", stats.commits),
        figure("heard_store_decisions_total", "counter", "Decisions committed since start.", stats.decisions),
        figure("heard_store_log_entries_total", "counter", "Log entries written since start.", stats.entries),
        figure("heard_store_commit_seconds_total", "counter", "Time in commits.", stats.commit_s_total),
        figure("heard_store_commit_p99_ms", "gauge", "99 of 100 of the newest commits took at most this.", stats.commit_ms(0.99)),
        figure("heard_store_checkpoints_total", "counter", "Times the tables got what lay in the write-ahead file.", stats.checkpoints),
        figure("heard_store_checkpoint_ms_max", "gauge", "The longest of them since start.", stats.checkpoint_s_max * 1000),
        figure("heard_store_groups_lost_total", "counter", "Commits that found no space.", stats.groups_lost),
        figure("heard_store_file_bytes", "gauge", "Size of the store's file.", stats.file_bytes),
        figure("heard_store_map_bytes", "gauge", "How far the store may grow.", stats.map_bytes),
        figure("heard_store_backups_total", "counter", "Verified copies made since start.", stats.backups),
        labelled("heard_store_alarm", "gauge", "Alarms of the store that stand.", "alarm", dict.fromkeys(store.alarms.current(), 1)),
        figure("heard_loop_lag_seconds", "gauge", "How late the event loop was last.", hub.lag.newest_s),
        figure("heard_loop_lag_worst_seconds", "gauge", "How late the event loop was at worst since start.", hub.lag.worst_s),
        figure("heard_orders_taken_over_total", "counter", "Orders that a backup took over, since start.", hub.backup.taken_total),
        *printer_figures(hub.paper.counts()),
        *cloud_figures(hub.cloud.figures()),
        *push_figures(hub.outgoing.figures()),
    ]  # fmt: skip


def printer_figures(printers: Mapping[str, PrinterCount]) -> list[Figure]:
    """Kitchen printers; nothing where there is none."""
    if not printers:
        return []
    return [
        labelled("heard_printer_slips_waiting", "gauge", "Slips that are not on paper yet.", "station", {name: one.waiting for name, one in printers.items()}),
        labelled("heard_printer_slips_printed_total", "counter", "Slips that came out since the printer is served.", "station", {name: one.printed for name, one in printers.items()}),
        labelled("heard_printer_slips_died_total", "counter", "Slips that were given up since the printer is served.", "station", {name: one.died for name, one in printers.items()}),
        labelled("heard_printer_stuck", "gauge", "1: something waits, and the printer does not print.", "station", {name: int(bool(one.why and one.waiting)) for name, one in printers.items()}),
    ]  # fmt: skip


def push_figures(push: PushFigures) -> list[Figure]:
    """What leaves for the cloud; the outbox is there without a cloud too."""
    return [
        figure("heard_push_pending", "gauge", "Orders and documents that the cloud has not got yet.", push.pending),
        figure("heard_push_errors", "gauge", "Orders and documents that the cloud will not take.", push.errors),
        figure("heard_push_oldest_seconds", "gauge", "How long the oldest one waits.", push.oldest_s),
        figure("heard_push_pushed_total", "counter", "Documents that the cloud took since start.", push.pushed),
        figure("heard_push_rejected_total", "counter", "Documents that ended in ERROR since start.", push.rejected),
        figure("heard_push_merged_total", "counter", "Orders of which the cloud knew more, merged since start.", push.merged),
        labelled("heard_push_failures_total", "counter", "Failed calls since start by kind.", "kind", push.failures),
        figure("heard_push_alarm", "gauge", "1: people must look at the pushing.", int(bool(push.alarm))),
    ]  # fmt: skip


def cloud_figures(cloud: CloudFigures | None) -> list[Figure]:
    """Pulling from the cloud; nothing where there is none."""
    if cloud is None:
        return []
    return [
        figure("heard_cloud_last_success_timestamp_seconds", "gauge", "When the cloud last said what has changed; 0: never.", cloud.checked_wall_ms / 1000),
        figure("heard_cloud_cycles_total", "counter", "Sync cycles since start.", cloud.cycles),
        figure("heard_cloud_cycles_failed_total", "counter", "Sync cycles since start that left something undone.", cloud.cycles_failed),
        labelled("heard_cloud_failures_total", "counter", "Failed calls and pages since start by kind.", "kind", cloud.failures),
        figure("heard_cloud_paused", "gauge", "1: the cloud does not let this hub in; people must look.", int(cloud.paused)),
        labelled("heard_cloud_rows", "gauge", "Rows of master data by module.", "module", cloud.rows),
        labelled("heard_cloud_quarantined_rows", "gauge", "Rows that could not be used, by module.", "module", cloud.quarantined),
        labelled("heard_cloud_failed_module", "gauge", "Modules whose last pull failed.", "module", dict.fromkeys(cloud.failed_modules, 1)),
    ]  # fmt: skip


def live_screens(hearing: Hearing) -> dict[str, float]:
    """How many live screens each registered station has."""
    found: dict[str, float] = {}
    for _device, station, live in hearing.screens:
        found[station] = found.get(station, 0) + live
    return found
