"""Reads the body of an answer: never more than its limit, however well it is packed; a body that is cut off is no body."""

from __future__ import annotations

import zlib

import aiohttp

ACCEPTED_ENCODING = "gzip"
READ_BYTES = 64 << 10
_GZIP = 31
"""zlib's word for a gzip header and trailer."""


class BadBody(Exception):
    """A body that cannot be taken; the text says why."""


async def read_body(response: aiohttp.ClientResponse, bytes_max: int) -> tuple[bytes, int]:
    """The body as it was before packing, and how many bytes came in. Raises BadBody, and what aiohttp raises."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise BadBody(f"its answer is packed as {encoding!r}, which was not asked for")
    inflate = zlib.decompressobj(_GZIP) if encoding == "gzip" else None
    body = bytearray()
    received = 0
    async for chunk in response.content.iter_chunked(READ_BYTES):
        received += len(chunk)
        if inflate is None:
            body += chunk
        else:
            try:
                body += inflate.decompress(chunk, bytes_max + 1 - len(body))
            except zlib.error as error:
                raise BadBody(f"its answer cannot be unpacked: {error}") from None
        if len(body) > bytes_max:
            raise BadBody(f"its answer has more than {bytes_max} bytes")
    if inflate is not None and not inflate.eof:
        raise BadBody("its answer was cut off")
    return bytes(body), received
