"""Which modules a profile pulls, and which must stand before which: data, checked at start.

To add a module: a row here (with the modules that its rows refer to), its file in hub/cloud/modules, its row schema in openapi.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

MODULES_MAX = 64
"""As many cursors as the gateway takes in one call."""


class GraphError(ValueError):
    """A graph that cannot be run: names the modules that are wrong."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module; `parents` are those that its rows refer to."""

    name: str
    parents: tuple[str, ...] = ()


PROFILES: Mapping[str, tuple[Module, ...]] = MappingProxyType(
    {
        "retail": (
            Module("categories"),
            Module("taxes"),
            Module("item_definitions", ("categories", "taxes")),
            Module("item_barcodes", ("item_definitions",)),
            Module("prices", ("item_definitions",)),
            Module("offers", ("item_definitions", "categories")),
            Module("customers"),
            Module("users"),
        ),
        "restaurant": (
            Module("stations"),
            Module("categories"),
            Module("taxes"),
            Module("item_definitions", ("categories", "taxes")),
            Module("modifiers", ("item_definitions",)),
            Module("routing", ("stations", "categories", "item_definitions")),
            Module("item_barcodes", ("item_definitions",)),
            Module("prices", ("item_definitions",)),
            Module("offers", ("item_definitions", "categories")),
            Module("tables"),
            Module("users"),
            Module("customers"),
        ),
    }
)
"""Rows stand in the order in which they are pulled where the graph leaves a choice: what a kitchen needs first."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A checked graph. `order` has every module after its parents; the same rows always give the same order."""

    order: tuple[str, ...]
    parents: Mapping[str, tuple[str, ...]]

    def children(self, name: str) -> tuple[str, ...]:
        """The modules that refer to this one, in order."""
        return tuple(one for one in self.order if name in self.parents[one])

    def descendants(self, name: str) -> frozenset[str]:
        """All that stand on this module, however far."""
        found: set[str] = set()
        for one in self.order:
            if any(parent == name or parent in found for parent in self.parents[one]):
                found.add(one)
        return frozenset(found)

    def deletion_order(self) -> tuple[str, ...]:
        """Children before their parents: a row may go only when nothing refers to it any more."""
        return self.order[::-1]


def check_graph(modules: Sequence[Module]) -> Graph:
    """The graph of these modules. Raises GraphError for a double, an unknown parent or a cycle."""
    rows = {one.name: one.parents for one in modules}
    if len(rows) != len(modules):
        doubles = sorted(
            {one.name for one in modules if sum(other.name == one.name for other in modules) > 1}
        )
        raise GraphError(f"listed twice: {', '.join(doubles)}")
    if len(rows) > MODULES_MAX:
        raise GraphError(f"{len(rows)} modules; the gateway takes {MODULES_MAX}")
    for name, parents in rows.items():
        unknown = [parent for parent in parents if parent not in rows]
        if unknown:
            raise GraphError(f"{name} refers to {', '.join(unknown)}, which this profile does not have")
    order: list[str] = []
    left = dict(rows)
    while left:
        free = next(
            (name for name, parents in left.items() if not any(parent in left for parent in parents)), None
        )
        if free is None:
            raise GraphError(f"they wait for each other: {' → '.join(_cycle(left))}")
        order.append(free)
        del left[free]
    return Graph(tuple(order), MappingProxyType(rows))


def profile_graph(profile: str) -> Graph:
    """The checked graph of a profile. Raises GraphError for one that does not exist."""
    if profile not in PROFILES:
        raise GraphError(f"no profile {profile!r}; there are {', '.join(PROFILES)}")
    return check_graph(PROFILES[profile])


def as_text(graph: Graph) -> str:
    """For people: one line a module, with what it waits for."""
    lines = []
    for name in graph.order:
        after = ", ".join(graph.parents[name])
        lines.append(f"{name}  after {after}" if after else name)
    return "\n".join(lines)


def as_mermaid(graph: Graph) -> str:
    """For documents: a Mermaid flow chart, parents on the left."""
    lines = ["flowchart LR"]
    for name in graph.order:
        lines += [f"  {parent} --> {name}" for parent in graph.parents[name]]
        if not graph.parents[name] and not graph.children(name):
            lines.append(f"  {name}")
    return "\n".join(lines)


def _cycle(left: Mapping[str, tuple[str, ...]]) -> list[str]:
    """One cycle among modules of which every one waits for another of them; begins and ends with the same."""
    path = [next(iter(left))]
    while True:
        parent = next(one for one in left[path[-1]] if one in left)
        if parent in path:
            return [*path[path.index(parent) :], parent]
        path.append(parent)
