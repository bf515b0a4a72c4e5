"""Find a hub, stay connected, replicate a view, and send commands in order: used by screens, terminals and tools alike."""

from heard.link.channel import LOOPBACK_PLAINTEXT, UNSAFE_PLAINTEXT, Credentials
from heard.link.core.applied import Applied
from heard.link.core.commands import Pending
from heard.link.core.connection import Phase
from heard.link.core.state import LinkState
from heard.link.discover import Finder, FoundHub
from heard.link.journal_file import JournalFile
from heard.link.link import Link

__all__ = [
    "LOOPBACK_PLAINTEXT",
    "UNSAFE_PLAINTEXT",
    "Applied",
    "Credentials",
    "Finder",
    "FoundHub",
    "JournalFile",
    "Link",
    "LinkState",
    "Pending",
    "Phase",
]
