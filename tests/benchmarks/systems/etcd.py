"""etcd: put and watch over gRPC. Its few messages are declared here, so that no client must be installed."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path
from typing import Any

import grpc.aio
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from tests.benchmarks.systems.base import (
    OnAck,
    OnOrder,
    Screen,
    Server,
    System,
    Till,
    decode,
    free_port,
    spawn,
)

_FIELD = descriptor_pb2.FieldDescriptorProto
_MESSAGES: dict[str, list[tuple[str, int, Any, str]]] = {
    "PutRequest": [("key", 1, _FIELD.TYPE_BYTES, ""), ("value", 2, _FIELD.TYPE_BYTES, "")],
    "PutResponse": [],
    "WatchCreate": [("key", 1, _FIELD.TYPE_BYTES, ""), ("range_end", 2, _FIELD.TYPE_BYTES, "")],
    "WatchRequest": [("create", 1, _FIELD.TYPE_MESSAGE, "WatchCreate")],
    "KeyValue": [("key", 1, _FIELD.TYPE_BYTES, ""), ("value", 5, _FIELD.TYPE_BYTES, "")],
    "Event": [("type", 1, _FIELD.TYPE_INT32, ""), ("kv", 2, _FIELD.TYPE_MESSAGE, "KeyValue")],
    "WatchResponse": [("created", 3, _FIELD.TYPE_BOOL, ""), ("events", 11, _FIELD.TYPE_MESSAGE, "*Event")],
}


@cache
def messages() -> dict[str, Any]:
    """The message classes by name."""
    file = descriptor_pb2.FileDescriptorProto(name="bench_etcd.proto", package="bench_etcd", syntax="proto3")
    for name, fields in _MESSAGES.items():
        declared = file.message_type.add(name=name)
        for field, number, kind, of in fields:
            label = _FIELD.LABEL_REPEATED if of.startswith("*") else _FIELD.LABEL_OPTIONAL
            one = declared.field.add(name=field, number=number, type=kind, label=label)
            if of:
                one.type_name = f".bench_etcd.{of.lstrip('*')}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = {name: pool.FindMessageTypeByName(f"bench_etcd.{name}") for name in _MESSAGES}
    return {name: message_factory.GetMessageClass(declared) for name, declared in found.items()}


class EtcdTill(Till):
    def __init__(self, channel: grpc.aio.Channel, number: int, on_ack: OnAck) -> None:
        self._channel = channel
        self._number = number
        self._on_ack = on_ack
        self._request = messages()["PutRequest"]
        self._put = channel.unary_unary(
            "/etcdserverpb.KV/Put",
            request_serializer=self._request.SerializeToString,
            response_deserializer=messages()["PutResponse"].FromString,
        )
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, seq: int, payload: bytes) -> None:
        task = asyncio.create_task(self._send(seq, payload))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, seq: int, payload: bytes) -> None:
        await self._put(self._request(key=b"orders/%d/%09d" % (self._number, seq), value=payload))
        self._on_ack(seq)

    async def close(self) -> None:
        await self._channel.close()


class EtcdScreen(Screen):
    def __init__(self, channel: grpc.aio.Channel, call: Any, on_order: OnOrder) -> None:
        self._channel = channel
        self._task = asyncio.create_task(self._read(call, on_order))

    async def _read(self, call: Any, on_order: OnOrder) -> None:
        while True:
            answer = await call.read()
            for event in answer.events:
                on_order(decode(event.kv.value))

    async def close(self) -> None:
        self._task.cancel()
        await self._channel.close()


class Etcd(System):
    name = "etcd"
    program = "etcd"
    package = "etcd-server"
    durable = True

    def start(self, folder: Path) -> Server:
        port, peer = free_port(), free_port()
        command = ["etcd", "--data-dir", str(folder / "data"), "--log-level", "error", "--name", "bench"]
        for option in ("listen-client-urls", "advertise-client-urls"):
            command += [f"--{option}", f"http://127.0.0.1:{port}"]
        for option in ("listen-peer-urls", "initial-advertise-peer-urls"):
            command += [f"--{option}", f"http://127.0.0.1:{peer}"]
        command += ["--initial-cluster", f"bench=http://127.0.0.1:{peer}"]
        return Server(spawn(command, folder), f"127.0.0.1:{port}", folder)

    async def prepare(self, server: Server) -> None:
        request = messages()["PutRequest"]
        async with grpc.aio.insecure_channel(server.address) as channel:
            put = channel.unary_unary(
                "/etcdserverpb.KV/Put",
                request_serializer=request.SerializeToString,
                response_deserializer=messages()["PutResponse"].FromString,
            )
            await put(
                request(key=b"ready", value=b"1"), wait_for_ready=True, timeout=20
            )  # a leader is elected

    async def till(self, address: str, number: int, on_ack: OnAck) -> Till:
        return EtcdTill(grpc.aio.insecure_channel(address), number, on_ack)

    async def screen(self, address: str, number: int, on_order: OnOrder) -> Screen:
        channel = grpc.aio.insecure_channel(address)
        request = messages()["WatchRequest"]
        watch = channel.stream_stream(
            "/etcdserverpb.Watch/Watch",
            request_serializer=request.SerializeToString,
            response_deserializer=messages()["WatchResponse"].FromString,
        )
        call = watch()
        await call.write(request(create=messages()["WatchCreate"](key=b"orders/", range_end=b"orders0")))
        await call.read()  # created
        return EtcdScreen(channel, call, on_order)
