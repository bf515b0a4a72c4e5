"""The preflight to and from protobuf."""

from __future__ import annotations

from heard import preflight as f
from heard.v1 import kitchen_pb2
from heard.wire.line import put_text, text_from_pb


def preflight_report_to_pb(
    report: f.PreflightReport, into: kitchen_pb2.PreflightReport | None = None
) -> kitchen_pb2.PreflightReport:
    """`into` is filled and returned when given."""
    message = kitchen_pb2.PreflightReport() if into is None else into
    message.id = report.id
    message.painted = report.painted
    message.sound = report.sound.value  # type: ignore[assignment]
    message.sound_why = report.sound_why
    message.keys = report.keys.value  # type: ignore[assignment]
    message.key = report.key
    message.key_device = report.key_device
    message.unplugged = report.unplugged
    message.missing.extend(report.missing)
    message.asked = report.asked
    message.sizes = report.sizes
    return message


def preflight_report_from_pb(message: kitchen_pb2.PreflightReport) -> f.PreflightReport:
    """The report of one screen."""
    return f.PreflightReport(
        message.id,
        message.painted,
        f.SoundCheck(message.sound),
        message.sound_why,
        f.KeyCheck(message.keys),
        message.key,
        message.key_device,
        message.unplugged,
        tuple(message.missing),
        message.asked,
        message.sizes,
    )


def preflight_result_to_pb(
    result: f.PreflightResult, into: kitchen_pb2.PreflightResult | None = None
) -> kitchen_pb2.PreflightResult:
    """`into` is filled and returned when given."""
    message = kitchen_pb2.PreflightResult() if into is None else into
    message.SetInParent()
    message.id = result.id
    message.by = result.by
    message.running = result.running
    message.wait_s = result.wait_s
    message.took_ms = round(result.took_s * 1000)
    for row in result.rows:
        _row_to_pb(row, message.rows.add())
    for name in result.names:
        message.names.add(
            kind=name.kind,
            id=name.id,
            text=name.text,
            lacks=name.lacks,
            glyphs=name.glyphs,
            unreadable=name.unreadable,
        )
    message.names_total = result.names_total
    message.names_checked = result.names_checked
    message.unreadable_total = result.unreadable_total
    return message


def preflight_result_from_pb(message: kitchen_pb2.PreflightResult) -> f.PreflightResult:
    """The report of all."""
    return f.PreflightResult(
        message.id,
        message.by,
        message.running,
        message.wait_s,
        message.took_ms / 1000,
        tuple(_row_from_pb(row) for row in message.rows),
        tuple(
            f.PreflightName(one.kind, one.id, one.text, tuple(one.lacks), tuple(one.glyphs), one.unreadable)
            for one in message.names
        ),
        message.names_total,
        message.names_checked,
        message.unreadable_total,
    )


def _row_to_pb(row: f.PreflightRow, message: kitchen_pb2.PreflightRow) -> None:
    message.kind = row.kind
    message.role = row.role
    message.place = row.place
    put_text(message.name, row.name)
    message.device = row.device
    message.connected = row.connected
    preflight_report_to_pb(row.report, message.report)
    message.why = row.why
    message.problems.extend(row.problems)
    message.warnings.extend(row.warnings)


def _row_from_pb(message: kitchen_pb2.PreflightRow) -> f.PreflightRow:
    return f.PreflightRow(
        message.kind,
        message.role,
        message.place,
        text_from_pb(message.name),
        message.device,
        message.connected,
        preflight_report_from_pb(message.report),
        message.why,
        tuple(message.problems),
        tuple(message.warnings),
    )


def preflight_to_pb(preflight: f.Preflight, message: kitchen_pb2.Preflight) -> None:
    """Fills `message`."""
    message.id = preflight.id
    message.ends_ms = preflight.ends_ms
    message.by = preflight.by
    message.characters.extend(preflight.characters)
    if preflight.result is not None:
        preflight_result_to_pb(preflight.result, message.result)


def preflight_from_pb(message: kitchen_pb2.Preflight) -> f.Preflight:
    """What screens are told."""
    return f.Preflight(
        message.id,
        message.ends_ms,
        message.by,
        tuple(message.characters),
        preflight_result_from_pb(message.result) if message.HasField("result") else None,
    )
