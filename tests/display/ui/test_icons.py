"""Icons come in any size and colour, and point where the reader reads."""

import pygame
import pytest

from display.ui.icons import ICONS, Icons
from tests.display.golden import differing_pixels


def test_every_icon_draws_in_its_colour(icons: Icons) -> None:
    assert len(icons.names) >= 20
    for name in icons.names:
        surface = icons.icon(name, 48, "#57C785")
        assert surface.get_size() == (48, 48)
        solid = pygame.mask.from_surface(surface, 200)
        assert solid.count() > 20, name
        x, y = next((x, y) for y in range(48) for x in range(48) if surface.get_at((x, y)).a == 255)
        assert tuple(surface.get_at((x, y)))[:3] == (0x57, 0xC7, 0x85), name


def test_a_mirrored_icon_points_the_other_way(icons: Icons) -> None:
    right, left = icons.icon("undo", 32, "#FFFFFF"), icons.icon("undo", 32, "#FFFFFF", True)
    assert differing_pixels(right, left, 24)
    assert not differing_pixels(pygame.transform.flip(left, True, False), right, 0)


def test_an_icon_is_drawn_once(icons: Icons) -> None:
    assert icons.icon("check", 31, "#FFFFFF") is icons.icon("check", 31, "#FFFFFF")


def test_an_unknown_icon_names_the_known_ones(icons: Icons) -> None:
    with pytest.raises(ValueError, match=r"no icon 'nonsense'; there are .*flame"):
        icons.icon("nonsense", 32, "#FFFFFF")


def test_the_licence_stands_beside_them() -> None:
    assert "ISC License" in (ICONS / "LICENSE").read_text(encoding="utf-8")
