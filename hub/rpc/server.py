"""The gRPC server: its options, its services, and where it listens."""

from __future__ import annotations

from typing import Any

import grpc
import grpc.aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from heard.errors import UserError
from heard.v1 import service_pb2
from hub.rpc.kitchen import KitchenService
from hub.rpc.pos import PosService
from hub.rpc.sessions import STREAMS_MAX

MESSAGE_BYTES_MAX = 256 << 10
"""What a client may send at once; an order of 200 lines has about 60 KiB."""
METADATA_BYTES_MAX = 8 << 10
CALLS_MAX = STREAMS_MAX + 500
"""At once; the streams have their own bound, the rest is for short calls. More are refused before we see them."""
KITCHEN, POS = (
    service_pb2.DESCRIPTOR.services_by_name[name].full_name for name in ("KitchenService", "PosService")
)

OPTIONS: tuple[tuple[str, int], ...] = (
    # The same pair as the clients', so that either side finds a silent cut; clients ping every 2 s, which without the
    # shorter interval here ends in GOAWAY too_many_pings after 6 s.
    ("grpc.keepalive_time_ms", 2_000),
    ("grpc.keepalive_timeout_ms", 2_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.http2.min_ping_interval_without_data_ms", 1_000),
    ("grpc.http2.bdp_probe", 0),  # as the clients: no ping behind each heartbeat
    ("grpc.server_handshake_timeout_ms", 2_000),
    ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
    ("grpc.max_metadata_size", METADATA_BYTES_MAX),
    ("grpc.so_reuseport", 0),  # else a second hub binds the same port in silence
)


def make_server(kitchen: KitchenService, pos: PosService) -> grpc.aio.Server:
    """A server with all services, health and reflection, not listening yet."""
    server = grpc.aio.server(options=OPTIONS, maximum_concurrent_rpcs=CALLS_MAX)
    # Without (de)serialisers gRPC hands over bytes: messages are concatenated and parsed by us.
    handlers: dict[str, dict[str, Any]] = {
        KITCHEN: {
            "Watch": grpc.unary_stream_rpc_method_handler(kitchen.watch),
            "Report": grpc.stream_unary_rpc_method_handler(kitchen.report),
            "RecallList": grpc.unary_unary_rpc_method_handler(kitchen.recall_list),
            "SetKeyMap": grpc.unary_unary_rpc_method_handler(kitchen.set_key_map),
            "BeginPreflight": grpc.unary_unary_rpc_method_handler(kitchen.begin_preflight),
            "GetPreflight": grpc.unary_unary_rpc_method_handler(kitchen.get_preflight),
        },
        POS: {
            "Submit": grpc.stream_stream_rpc_method_handler(pos.submit),
            "Hold": grpc.unary_unary_rpc_method_handler(pos.hold),
            "Execute": grpc.unary_unary_rpc_method_handler(pos.execute),
        },
    }
    server.add_generic_rpc_handlers(
        tuple(grpc.method_handlers_generic_handler(name, methods) for name, methods in handlers.items())
    )
    return server


class Health:
    """The standard health service: SERVING for the server and each of ours, NOT_SERVING once the hub stops."""

    def __init__(self, server: grpc.aio.Server) -> None:
        self._status = health_pb2.HealthCheckResponse
        self._servicer = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._servicer, server)
        names = (KITCHEN, POS, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, server)

    async def serving(self) -> None:
        """The hub serves."""
        for name in ("", KITCHEN, POS):
            await self._servicer.set(name, self._status.SERVING)

    async def stopping(self) -> None:
        """The hub goes down."""
        await self._servicer.enter_graceful_shutdown()


def listen(server: grpc.aio.Server, host: str, port: int) -> int:
    """Binds, and returns the port (`port` 0: the system's choice). Raises UserError."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        bound = server.add_insecure_port(address)
    except RuntimeError:
        bound = 0
    if not bound:
        raise UserError(
            f"cannot listen on {address}: the port is taken, or the address is not this machine's",
            "stop the other program, or choose another port: heard hub --port N",
            exit_code=1,
        )
    return bound
