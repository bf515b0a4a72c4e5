"""What a screen does not use is not in its memory, and comes back afterwards."""

import subprocess
import sys

LOADED = """
import sys
sys.path[:0] = {path!r}
from display.ui.slim import MIXER, OPENSSL, lean
with lean():
    import pygame, asyncio, hashlib
    import display.app.screen
    assert hashlib.blake2b(b"x", digest_size=8).hexdigest()
    loaded = [name for name in (*MIXER, *OPENSSL, "lmdb", "aiohttp", "zeroconf", "numpy") if sys.modules.get(name)]
import ssl, pygame.mixer
print(loaded, ssl.OPENSSL_VERSION != "", bool(pygame.mixer.init))
"""


def test_a_screen_loads_no_mixer_openssl_store_or_web_server() -> None:
    code = LOADED.format(path=[entry for entry in sys.path if entry])
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.stdout.strip().endswith("[] True True"), found.stderr
