"""A POS terminal: the Python client of a hub, and the reference for clients in other languages.

Journal first: `hold` and the others return when the command is on this terminal's disk, hub or no hub; it is sent by itself,
in order, once, and again to a hub that was restored. The till knows at each moment whether the hub is there (`link`), how
many commands wait for it (`waiting`), and what the kitchen has of each order (`heard`).

    async with Terminal(device="T1", journal=Path("t1.journal")) as till:
        accepted = await till.hold(Order("", lines=(Line("", name={"en": "Burger"}),)))
        print("Your number is", accepted.call_number)
"""

from heard.pos.shown_cart import PAID_SHOWN_S
from heard.pos.terminal import Terminal
from heard.pos.verbs import Accepted

__all__ = ["PAID_SHOWN_S", "Accepted", "Terminal"]
