"""A day's report as text, JSON, CSV and as a picture."""
