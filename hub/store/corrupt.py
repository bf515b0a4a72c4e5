"""The error of a record that did not come back as it was written."""


class CorruptRecord(Exception):
    """A record's CRC or layout is wrong: the disk did not give back what was written."""

    def __init__(self, key: bytes, what: str) -> None:
        super().__init__(f"record {key[:80]!r}: {what}")
        self.key = key
        self.what = what
