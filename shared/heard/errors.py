"""Every error that a person may meet says what is wrong, where, and what to do.

HeardError
├── UserError        a bad call or a failed run, printed without a traceback
├── InvalidInput     a field that can never be accepted; names its path
└── LinkError        no hub, or the hub refused
"""

from __future__ import annotations


class HeardError(Exception):
    """Base of all errors of our own: `what` is wrong, `hint` says what to do about it."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


class UserError(HeardError):
    """Ends a command with a message: `exit_code` 2 for a bad call, 1 for a failure at run time."""

    def __init__(self, what: str, hint: str = "", exit_code: int = 2) -> None:
        super().__init__(what, hint)
        self.exit_code = exit_code


class InvalidInput(HeardError):
    """A field that can never be accepted, by its path: "order.lines[3].quantity_milli"."""

    def __init__(self, field: str, what: str, hint: str = "") -> None:
        super().__init__(what, hint)
        self.field = field

    def under(self, prefix: str) -> InvalidInput:
        """The same error seen from one level up."""
        return InvalidInput(f"{prefix}.{self.field}" if self.field else prefix, self.what, self.hint)


class LinkError(HeardError):
    """The hub could not be reached or refused the call."""
