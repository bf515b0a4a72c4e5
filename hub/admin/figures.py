"""The hub's figures as Prometheus text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric: `kind` is "counter" or "gauge"; `values` by label set, () for none."""

    name: str
    kind: str
    help: str
    values: Mapping[tuple[tuple[str, str], ...], float]


def figure(name: str, kind: str, text: str, value: float) -> Figure:
    """A metric without labels."""
    return Figure(name, kind, text, {(): value})


def labelled(name: str, kind: str, text: str, label: str, values: Mapping[str, float]) -> Figure:
    """A metric with one label."""
    return Figure(name, kind, text, {((label, key),): value for key, value in values.items()})


def exposition(figures: Iterable[Figure]) -> str:
    """The text format 0.0.4 of Prometheus."""
    lines: list[str] = []
    for one in figures:
        lines.append(f"# HELP {one.name} {one.help}")
        lines.append(f"# TYPE {one.name} {one.kind}")
        for labels, value in one.values.items():
            inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
            lines.append(
                f"{one.name}{{{inside}}} {_number(value)}" if inside else f"{one.name} {_number(value)}"
            )
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
