"""Generated from protos/heard/v1 by protos/generate.py; do not edit."""
