"""The reference cloud: a small complete server of protos/cloud/openapi.yaml, to read, to run and to test against.

It shares no code with the hub's side of the contract, so that a mistake in one is seen by the other.

app (routes, aiohttp) → tokens, catalogue, documents, totals, counters (rules, each on one SQLite connection)
                      → database (the connection and its thread) ; misbehave (faults on command)
"""
