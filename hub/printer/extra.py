"""Whether this machine can print: the extra is installed, and its Pillow shapes Arabic."""

from __future__ import annotations

from heard.errors import UserError
from hub.config import Config

INSTALL = "install heard[hub,printer]"


def check_extra() -> None:
    """Raises UserError that names what is missing and how to get it. Loads the extra, which takes a moment."""
    try:
        from PIL import features

        import hub.printer.escpos
        import hub.printer.render  # noqa: F401
    except ImportError as error:
        raise UserError(f"this hub cannot print: {error.name} is not installed", INSTALL, 1) from error
    if not features.check("raqm"):
        raise UserError(
            "this hub cannot print: its Pillow cannot shape Arabic (no raqm)",
            "install Pillow from a wheel, or libraqm0",
            1,
        )


def check_printers(before: Config, after: Config) -> None:
    """Raises UserError where printers are set that this machine cannot serve. What it had before is no news."""
    if after.printers and after.printers != before.printers:
        check_extra()
