"""From the hub's settings and this screen's own to how the picture looks."""

from __future__ import annotations

import logging

from display.app.options import Options
from display.app.roles import ROLES, stations_of
from display.app.site_time import SiteTime
from display.app.start import REFERENCE_H, Output
from display.config import Config
from display.core.expo_theme import STRIP_PX, strip_columns
from display.core.isolate import Digits
from display.core.keymap import Keymap
from display.core.layout import COLUMNS, LIST, PORTRAIT
from display.core.legibility import (
    COLUMN_PX,
    NARROWEST,
    SCALE_MAX,
    SCALE_MIN,
    columns,
    legibility,
    pixel_pitch_m,
)
from display.core.look import Look
from display.core.theme import Theme
from display.core.wording import ENGLISH, Words
from display.screens.role import Panel
from heard.stream import SiteProfile

log = logging.getLogger("heard.display")

BUTTON_MM = 15.0
"""A finger with a glove hits this."""
LANGUAGES_OF_SITE = ("en", "ar")


def look_and_panel(
    options: Options, output: Output, site: SiteProfile, keymap: Keymap, time: SiteTime
) -> tuple[Look, Panel]:
    """This screen's own languages win over the station's, which win over the site's first one."""
    config, role = options.config, ROLES[options.role]
    station = site.station(config.station)
    if station is None and not config.station:
        station = next(iter(stations_of(role, site)), None)
    languages = config.languages or (station.languages if station is not None else ())
    languages = languages or site.languages[: 2 if role.guests else 1]
    w, h = output.window.size
    panel_w, panel_h = (round(side / options.zoom) for side in output.window.panel_size)
    scale, fitting, warning = sizes(config, panel_w, panel_h)
    scale *= options.zoom
    if warning:
        log.warning("%s", warning)
    theme = Theme.at_scale(scale)
    layout = config.layout or (station.screen.layout if station is not None else "") or COLUMNS
    rail = config.rail and layout not in (PORTRAIT, LIST) and role.columns_px is None
    content_w = w - theme.gap - (theme.rail_w + theme.gap if rail else 0)
    look = Look(
        theme=theme,
        measurer=output.text,
        languages=tuple(languages) or ("en",),
        site_languages=tuple(dict.fromkeys((*site.languages, *LANGUAGES_OF_SITE))),
        digits=Digits.of_site(site.digits),
        group_identical=config.group_identical,
        held_lines=config.held_lines,
        allergy_words=site.allergy_words,
        station_names={one.station: one.name for one in site.stations},
        local_time=time.local_time,
        wall_of=time.wall_of,
    )
    bottom_h = theme.bottom_bar_h
    if config.touch and config.screen_inches:
        button_px = BUTTON_MM / 1000 / pixel_pitch_m(config.screen_inches, *output.window.panel_size)
        bottom_h = max(bottom_h, round(button_px) + theme.px(8))
    column_px = role.columns_px or COLUMN_PX
    count = fitting or columns(content_w, scale, column_px)
    if layout == LIST and role.columns_px is not None:
        count, column_px = strip_columns(content_w, scale), STRIP_PX
    if config.columns:
        count = min(config.columns, max(1, content_w // round(column_px * scale * NARROWEST)))
        if count < config.columns:
            log.warning("%d columns would be too narrow on %dx%d: it shows %d", config.columns, w, h, count)
    return look, Panel(w, h, count, keymap, config.touch, bottom_h, layout=layout)


def sizes(config: Config, w: int, h: int, words: Words = ENGLISH) -> tuple[float, int, str]:
    """Scale, columns (0: by the width) and what to tell the installer."""
    if config.screen_inches and config.viewing_distance_m:
        found = legibility(config.screen_inches, config.viewing_distance_m, w, h, None, config.scale or None)
        return found.scale, 0, found.advice.said(words) if found.advice is not None else ""
    return config.scale or min(max(min(w, h) / REFERENCE_H, SCALE_MIN), SCALE_MAX), 0, ""
