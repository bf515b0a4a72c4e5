"""The display: one per screen; paints what the hub streams and reports what it painted."""

import os

# pygame prints a banner on import, which would stand before the JSON of --json.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
