"""The hub's settings: a TOML file read into frozen values, with errors that name the line, the key and the nearest right one."""

from hub.config.model import CallNumbers, Cloud, Config, Network, Retention, Station
from hub.config.plaintext import check_plaintext
from hub.config.reader import load_config, read_config
from hub.config.summary import summary

__all__ = [
    "CallNumbers",
    "Cloud",
    "Config",
    "Network",
    "Retention",
    "Station",
    "check_plaintext",
    "load_config",
    "read_config",
    "summary",
]
