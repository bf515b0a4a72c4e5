"""Pure decisions of the link: no I/O, no clock, no asyncio."""
