"""The only door between plain values and protobuf messages; unknown numbers pass through both ways.

`*_to_pb` / `*_from_pb` convert, `encode_*` / `decode_*` go to and from bytes. Decoding malformed bytes raises
`google.protobuf.message.DecodeError`.
"""

from heard.wire.check_cart import check_cart
from heard.wire.checks import check_command, check_order
from heard.wire.command import (
    answer_from_pb,
    answer_to_pb,
    command_from_pb,
    command_to_pb,
    decode_answer,
    decode_command,
    encode_answer,
    encode_command,
    why_from_pb,
    why_to_pb,
)
from heard.wire.counters import counters_of, put_counters
from heard.wire.document import (
    board_from_pb,
    board_to_pb,
    decode_document,
    decode_order,
    document_from_pb,
    document_to_pb,
    encode_document,
    encode_order,
    order_from_pb,
    order_to_pb,
)
from heard.wire.live import lease_from_pb, lease_to_pb, live_from_pb, live_to_pb
from heard.wire.preflight import (
    preflight_report_from_pb,
    preflight_report_to_pb,
    preflight_result_from_pb,
    preflight_result_to_pb,
)
from heard.wire.site import profile_from_pb, profile_to_pb
from heard.wire.stream import (
    alive_from_pb,
    alive_to_pb,
    decode_batch,
    encode_batch,
    epoch_from_pb,
    epoch_to_pb,
    event_from_pb,
    event_to_pb,
    painted_from_pb,
    painted_to_pb,
    submit_reply_from_pb,
    submit_reply_to_pb,
    view_from_pb,
    view_to_pb,
    watch_request_from_pb,
    watch_request_to_pb,
)
from heard.wire.varint import varint

__all__ = [
    "alive_from_pb",
    "alive_to_pb",
    "answer_from_pb",
    "answer_to_pb",
    "board_from_pb",
    "board_to_pb",
    "check_cart",
    "check_command",
    "check_order",
    "command_from_pb",
    "command_to_pb",
    "counters_of",
    "decode_answer",
    "decode_batch",
    "decode_command",
    "decode_document",
    "decode_order",
    "document_from_pb",
    "document_to_pb",
    "encode_answer",
    "encode_batch",
    "encode_command",
    "encode_document",
    "encode_order",
    "epoch_from_pb",
    "epoch_to_pb",
    "event_from_pb",
    "event_to_pb",
    "lease_from_pb",
    "lease_to_pb",
    "live_from_pb",
    "live_to_pb",
    "order_from_pb",
    "order_to_pb",
    "painted_from_pb",
    "painted_to_pb",
    "preflight_report_from_pb",
    "preflight_report_to_pb",
    "preflight_result_from_pb",
    "preflight_result_to_pb",
    "profile_from_pb",
    "profile_to_pb",
    "put_counters",
    "submit_reply_from_pb",
    "submit_reply_to_pb",
    "varint",
    "view_from_pb",
    "view_to_pb",
    "watch_request_from_pb",
    "watch_request_to_pb",
    "why_from_pb",
    "why_to_pb",
]
