"""Seeded simulation of the real core, store, stream and link logic. `world` runs it, `mistakes` tests the test."""
