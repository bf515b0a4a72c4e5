# Hold one order: python hold.py HOST:PORT
import sys
import uuid

import grpc

from heard.v1 import order_pb2, pos_pb2, service_pb2_grpc

order = order_pb2.Order(order_id=str(uuid.uuid4()), type="ORDER_TYPE_TAKEAWAY", terminal="T1")
line = order.lines.add(line_id="1", item_id="kofta", category="grills", quantity_milli=2000)
line.name.by_language["en"] = "Kofta"
onion = line.modifiers.add(modifier_id="no-onion", kind="MODIFIER_KIND_REMOVE")
onion.name.by_language["en"] = "onion"
with grpc.insecure_channel(sys.argv[1]) as channel:
    till = service_pb2_grpc.PosServiceStub(channel)
    try:
        reply = till.Hold(pos_pb2.HoldRequest(order=order), timeout=5, metadata=[("heard-device", "till-1")])
    except grpc.RpcError as error:
        sys.exit(f"not held: {error.details()}")
print(f"held as #{reply.answer.call_number}, order {order.order_id}")
