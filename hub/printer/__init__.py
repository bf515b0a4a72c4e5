"""Kitchen printers: a slip becomes a picture, ESC/POS and, over TCP 9100, paper; what was printed is known, not hoped."""
