"""Every colour of the screens, and how well each ink stands out from its paper."""

from __future__ import annotations

from dataclasses import dataclass

from display.core.draw import Colour

# Surfaces
PAGE: Colour = "#0B0E13"
BAR: Colour = "#12171E"  # top bar, bottom bar, all-day rail
CARD: Colour = "#1A202A"  # ticket, rail row
CHIP: Colour = "#262F3C"  # key hint, WAS 2
QUIET: Colour = "#202833"  # HOLD block, header of a bumped tile
RULE: Colour = "#333E4D"

# Text
INK: Colour = "#F5F7FA"
ASIDE: Colour = "#BECBDA"  # covers and server in a header
LABEL: Colour = "#AEB8C6"  # labels in bars and rail, the second language, progress
DIM: Colour = "#8592A3"  # done, held, bumped
QUANTITY_MANY: Colour = "#FFD15C"  # a quantity above 1
ADD: Colour = "#86E3A9"
REMOVE: Colour = "#FFA9B0"
NOTE: Colour = "#FFE08A"
CHECK: Colour = "#57C785"  # the tick, the live sign
OVERDUE: Colour = "#FF9BA1"  # Oldest and Late in the top bar
LINK: Colour = "#8FC2FF"  # "n more", ADDED, a station's name on expo
ADDED_RULE: Colour = "#3D6FA8"
RAIL_MORE: Colour = "#D9B968"  # "+n" in the rail
SELECTED: Colour = "#FFFFFF"  # the ring

# Headers: paper, ink, the age bar and its track
WHITE: Colour = "#FFFFFF"
FRESH: Colour = "#27476B"
FRESH_TRACK: Colour = "#16304C"
WARN: Colour = "#F2B01E"
WARN_INK: Colour = "#171100"
WARN_TRACK: Colour = "#A87400"
LATE: Colour = "#C4262E"
LATE_TRACK: Colour = "#7D1219"
READY: Colour = "#17824A"  # expo
READY_TRACK: Colour = "#0E5A32"

# Blocks
ALLERGY_PAPER: Colour = "#FFFFFF"  # the only white block on a kitchen screen
ALLERGY_INK: Colour = "#9B0013"
VOID_BAND: Colour = "#3A141A"
VOID_STRIKE: Colour = "#FF6B74"
VOID_CHIP: Colour = "#5A1A20"
VOID_CHIP_INK: Colour = "#FFC2C6"

# Order types: the stripe at the tile's start edge
DINE_IN: Colour = "#DCE3EC"
TAKEAWAY: Colour = "#56C7F5"
DELIVERY: Colour = "#7FD858"
CAR: Colour = "#B9A0FF"
STRIPE_DIM: Colour = "#4A5563"  # of a bumped tile

# Pills
PILL_LATE: Colour = "#5E0910"
PILL_LATE_INK: Colour = WHITE
PILL_HURRY: Colour = WARN_INK
PILL_HURRY_INK: Colour = WARN
PILL_RUSH: Colour = "#FF4FC3"  # and the RUSH frame
PILL_RUSH_INK: Colour = "#2A0019"
PILL_NEWS: Colour = LINK  # NEW, ADD-ON, RECALLED, UNDO
PILL_NEWS_INK: Colour = "#0B1B2E"
RIDER_HERE: Colour = TAKEAWAY
RIDER_HERE_INK: Colour = "#062433"
UNPAID: Colour = "#4A3300"
UNPAID_INK: Colour = QUANTITY_MANY

# Customer displays
CART_TOTALS: Colour = "#0E2A22"
CART_TOTAL: Colour = "#F7C948"
CART_TOTAL_INK: Colour = "#1D1600"
CART_PAGE: Colour = "#EDF1F5"
CART_CARD: Colour = "#FFFFFF"
CART_INK: Colour = "#14181D"
CART_LABEL: Colour = "#566072"  # modifiers, unit prices, "+3 earlier"
CART_RULE: Colour = "#E3E7EB"
CART_BRAND: Colour = "#0B6B4B"  # the shop's square, the bar of the newest line
CART_NEWEST: Colour = "#DDF1E8"
CART_REFUND: Colour = "#A3231B"
CART_PANEL_LABEL: Colour = "#D5E6DE"
CART_PANEL_RULE: Colour = "#24463B"
CART_DISCOUNT: Colour = "#8FE3B5"  # in the panel
CART_LINE_DISCOUNT: Colour = "#0B6B4B"  # in the list

# Order board
BOARD_READY_HEAD: Colour = READY
BOARD_READY_PAGE: Colour = "#0F2D1F"
BOARD_READY_CELL: Colour = "#184A30"
BOARD_READY_POINT: Colour = "#BFE8D0"
BOARD_READY_RULE: Colour = "#2F7350"
BOARD_RIDERS: Colour = "#8FE3B5"
BOARD_NEWEST: Colour = WHITE
BOARD_NEWEST_INK: Colour = "#0B5A33"
BOARD_PREPARING_HEAD: Colour = FRESH
BOARD_PREPARING_PAGE: Colour = "#11151C"
BOARD_PREPARING_CELL: Colour = CARD
BOARD_PREPARING_INK: Colour = "#E6EAF1"
BOARD_PREPARING_RULE: Colour = "#2A3341"
BOARD_CANCELLED: Colour = "#4A3300"
BOARD_CANCELLED_INK: Colour = QUANTITY_MANY

# Of what is to be made now, modifiers and allergies; of everything else.
CONTRAST_MIN = 7.0
CONTRAST_MIN_ASIDE = 4.5


@dataclass(frozen=True, slots=True)
class Pair:
    """An ink on its paper and the least WCAG contrast that we promise for it."""

    use: str
    ink: Colour
    paper: Colour
    ratio_min: float


PAIRS: tuple[Pair, ...] = (
    Pair("item", INK, CARD, 15.2),
    Pair("quantity above 1", QUANTITY_MANY, CARD, 11.3),
    Pair("add", ADD, CARD, 10.6),
    Pair("remove", REMOVE, CARD, 9.0),
    Pair("note", NOTE, CARD, 12.7),
    Pair("allergy", ALLERGY_INK, ALLERGY_PAPER, 8.7),
    Pair("void item", INK, VOID_BAND, CONTRAST_MIN),
    Pair("void chip", VOID_CHIP_INK, VOID_CHIP, 8.6),
    Pair("was chip", NOTE, CHIP, CONTRAST_MIN),
    Pair("said again", QUANTITY_MANY, CHIP, CONTRAST_MIN),
    Pair("fresh header", WHITE, FRESH, 9.5),
    Pair("covers, fresh", ASIDE, FRESH, CONTRAST_MIN_ASIDE),
    Pair("covers, cancelled", ASIDE, VOID_BAND, CONTRAST_MIN_ASIDE),
    Pair("warn header", WARN_INK, WARN, 9.9),
    Pair("late header", WHITE, LATE, 5.7),
    Pair("slot key", INK, PAGE, CONTRAST_MIN),
    Pair("LATE pill", PILL_LATE_INK, PILL_LATE, 13.8),
    Pair("RUSH pill", PILL_RUSH_INK, PILL_RUSH, 6.4),
    Pair("NEW pill", PILL_NEWS_INK, PILL_NEWS, 9.4),
    Pair("HURRY pill", PILL_HURRY_INK, PILL_HURRY, 9.9),
    Pair("rail quantity", QUANTITY_MANY, CARD, CONTRAST_MIN),
    Pair("clock sign", NOTE, FRESH, CONTRAST_MIN_ASIDE),
    Pair("done", DIM, CARD, 5.2),
    Pair("done tick", CHECK, CARD, CONTRAST_MIN_ASIDE),
    Pair("bumped header", DIM, QUIET, CONTRAST_MIN_ASIDE),
    Pair("BUMPED", CHECK, QUIET, CONTRAST_MIN_ASIDE),
    Pair("held", LABEL, QUIET, CONTRAST_MIN_ASIDE),
    Pair("held count", DIM, BAR, CONTRAST_MIN_ASIDE),
    Pair("second language", LABEL, CARD, CONTRAST_MIN_ASIDE),
    Pair("bar value", INK, BAR, CONTRAST_MIN_ASIDE),
    Pair("bar label", LABEL, BAR, CONTRAST_MIN_ASIDE),
    Pair("overdue", OVERDUE, BAR, CONTRAST_MIN_ASIDE),
    Pair("live sign", CHECK, BAR, CONTRAST_MIN_ASIDE),
    Pair("waiting", QUANTITY_MANY, BAR, CONTRAST_MIN_ASIDE),
    Pair("key hint", INK, CHIP, CONTRAST_MIN_ASIDE),
    Pair("NOT LIVE bar", WARN_INK, WARN, 9.9),
    Pair("n more", LINK, CARD, CONTRAST_MIN_ASIDE),
    Pair("rail more", RAIL_MORE, CARD, CONTRAST_MIN_ASIDE),
    Pair("ready header", WHITE, READY, CONTRAST_MIN_ASIDE),
    Pair("rider here", RIDER_HERE_INK, RIDER_HERE, CONTRAST_MIN_ASIDE),
    Pair("unpaid", UNPAID_INK, UNPAID, CONTRAST_MIN_ASIDE),
    Pair("cart total", CART_TOTAL_INK, CART_TOTAL, 11.5),
    Pair("cart totals", WHITE, CART_TOTALS, CONTRAST_MIN),
    Pair("cart line", CART_INK, CART_CARD, CONTRAST_MIN),
    Pair("cart modifier", CART_LABEL, CART_CARD, CONTRAST_MIN_ASIDE),
    Pair("cart newest line", CART_INK, CART_NEWEST, CONTRAST_MIN),
    Pair("cart newest modifier", CART_LABEL, CART_NEWEST, CONTRAST_MIN_ASIDE),
    Pair("cart chip", CART_INK, CART_PAGE, CONTRAST_MIN),
    Pair("cart refund", CART_REFUND, CART_CARD, CONTRAST_MIN),
    Pair("cart newest refund", CART_REFUND, CART_NEWEST, CONTRAST_MIN_ASIDE),
    Pair("cart line's discount", CART_LINE_DISCOUNT, CART_CARD, CONTRAST_MIN_ASIDE),
    Pair("cart newest line's discount", CART_LINE_DISCOUNT, CART_NEWEST, CONTRAST_MIN_ASIDE),
    Pair("cart label", CART_PANEL_LABEL, CART_TOTALS, CONTRAST_MIN),
    Pair("cart discount", CART_DISCOUNT, CART_TOTALS, CONTRAST_MIN),
    Pair("board number", WHITE, BOARD_READY_CELL, CONTRAST_MIN),
    Pair("board pick-up point", BOARD_READY_POINT, BOARD_READY_CELL, CONTRAST_MIN),
    Pair("board newest", BOARD_NEWEST_INK, BOARD_NEWEST, CONTRAST_MIN),
    Pair("board riders", BOARD_RIDERS, BOARD_READY_PAGE, CONTRAST_MIN),
    Pair("board preparing", BOARD_PREPARING_INK, BOARD_PREPARING_CELL, CONTRAST_MIN),
    Pair("board preparing riders", LABEL, BOARD_PREPARING_PAGE, CONTRAST_MIN_ASIDE),
    Pair("board cancelled", BOARD_CANCELLED_INK, BOARD_CANCELLED, CONTRAST_MIN),
)


def contrast(a: Colour, b: Colour) -> float:
    """The WCAG 2 contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    channels = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
