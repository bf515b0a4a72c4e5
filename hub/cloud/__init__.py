"""Synchronisation with the cloud."""
