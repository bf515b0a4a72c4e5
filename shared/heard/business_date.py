"""The business date as a word, "2026-11-23": which one a moment of the wall clock belongs to. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo


def date_of(wall_ms: int, zone: tzinfo, cut_off_hour: float) -> str:
    """The date to which a moment belongs when the day begins at `cut_off_hour` local time (4 is 04:00)."""
    local = datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(zone).replace(tzinfo=None)
    return (local - timedelta(hours=cut_off_hour)).date().isoformat()


def is_date(text: str) -> bool:
    """True for a real date written as 2026-11-23."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
