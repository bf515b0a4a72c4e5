"""A report as a picture: how many tickets each hour brought, how many were late, and how long they took."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from heard.errors import UserError
from hub.core.report import Report, Times, times

SIZE_INCHES = (11.0, 6.2)
HOURS_MIN = 8
DPI = 140  # 1540 x 868 px: a page of a presentation
ON_TIME, LATE, MEDIAN, SLOW = "#4F9DDE", "#C4262E", "#12171E", "#8592A3"


def check_plot(path: Path) -> None:
    """Raises UserError where no picture could be written there, before any work is done."""
    if path.suffix.lower() != ".png":
        raise UserError(
            f"--plot {path}: only .png is drawn", f"for example --plot {path.with_suffix('.png').name}"
        )
    if not path.parent.is_dir():
        raise UserError(f"--plot {path}: there is no folder {path.parent}")
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise UserError("--plot needs matplotlib", "pip install 'heard[report]'") from None


def plot(report: Report, path: Path) -> None:
    """Writes the picture. Raises UserError where the file cannot be written."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    hours = _every_hour(report.hours)
    names = [one.name for one in hours]
    on_time = [one.made - one.late for one in hours]
    late = [one.late for one in hours]
    timed = [one for one in hours if one.made]
    at = [names.index(one.name) for one in timed]
    figure, (upper, lower) = pyplot.subplots(2, 1, figsize=SIZE_INCHES, sharex=True, layout="constrained")
    whole = report.whole
    figure.suptitle(
        f"{report.days}: {whole.made} tickets, {whole.on_time_percent:.1f} % on time", fontsize=15
    )
    upper.bar(range(len(hours)), on_time, color=ON_TIME, label="on time")
    upper.bar(range(len(hours)), late, bottom=on_time, color=LATE, label="late")
    upper.set_ylabel("tickets")
    upper.yaxis.get_major_locator().set_params(integer=True)
    lower.plot(at, [one.p50_s / 60 for one in timed], marker="o", color=MEDIAN, label="half within (p50)")
    lower.plot(
        at,
        [one.p90_s / 60 for one in timed],
        marker="s",
        ls="--",
        color=SLOW,
        label="nine in ten within (p90)",
    )
    lower.set_ylabel("minutes")
    lower.set_ylim(bottom=0)
    lower.set_xticks(range(len(hours)), names)
    # A quiet day keeps bars that look like bars.
    lower.set_xlim(-0.6, max(len(hours), HOURS_MIN) - 0.4)
    for axes in (upper, lower):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#DCE3EC")
        axes.set_axisbelow(True)
        axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0)
    try:
        figure.savefig(path, dpi=DPI)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}", exit_code=1) from None
    finally:
        pyplot.close(figure)


def _every_hour(hours: Sequence[Times]) -> list[Times]:
    """With the hours in between in which nothing was made."""
    if not hours:
        return []
    known = {one.name: one for one in hours}
    first, last = int(hours[0].name[:2]), int(hours[-1].name[:2])
    names = [f"{hour:02}:00" for hour in range(first, last + 1)]
    return [known.get(name) or times(name, ()) for name in names]
