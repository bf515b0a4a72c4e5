"""HTTP on the hub: metrics, health, the admin page."""
