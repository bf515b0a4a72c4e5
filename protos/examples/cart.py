# Show a cart on the guest's screen for 5 s: python cart.py HOST:PORT
import asyncio
import dataclasses
import sys
from pathlib import Path

from heard.cart import rung_up
from heard.pos import Terminal
from heard.stream import CartAmount, CartLine, CartState


async def main() -> None:
    kofta = CartLine("1", {"en": "Kofta", "ar": "كفتة"}, 2000, unit_price_minor=1800)
    cart = rung_up((kofta,), discounts=(CartAmount({"en": "Coupon"}, -600),))  # 30.00 SAR, VAT of 15 % in it
    async with Terminal(device="T1", journal=Path("t1.journal"), hub=sys.argv[1]) as till:
        till.show_cart(cart)  # CartMismatch says by how much where it does not add up
        till.show_cart(dataclasses.replace(cart, state=CartState.PAYMENT, qr="https://pay.example/30.00"))
        await asyncio.sleep(5)


asyncio.run(main())
