"""Every word that a guest's display says: the cart and the order board, in English and Arabic.

A counted thing has the forms that Arabic needs: `.one`, `.two`, `.few` (3 to 10) and `.many`.
"""

from __future__ import annotations

GUEST_TABLE: dict[str, tuple[str, str]] = {
    # Cart
    "cart.your_order": ("Your order", "طلبك"),
    "cart.items.one": ("1 item", "صنف واحد"),
    "cart.items.two": ("2 items", "صنفان"),
    "cart.items.few": ("{n} items", "{n} أصناف"),
    "cart.items.many": ("{n} items", "{n} صنفًا"),
    "cart.subtotal": ("Subtotal", "المجموع"),
    "cart.earlier.one": ("+1 earlier", "صنف سابق واحد"),
    "cart.earlier.two": ("+2 earlier", "صنفان سابقان"),
    "cart.earlier.few": ("+{n} earlier", "{n} أصناف سابقة"),
    "cart.earlier.many": ("+{n} earlier", "{n} صنفًا سابقًا"),
    "cart.later.one": ("+1 more", "صنف آخر"),
    "cart.later.two": ("+2 more", "صنفان آخران"),
    "cart.later.few": ("+{n} more", "{n} أصناف أخرى"),
    "cart.later.many": ("+{n} more", "{n} صنفًا آخر"),
    "cart.more_changes": ("+{n} more changes", "{n} تعديلات أخرى"),
    "cart.more_amounts": ("+{n} more", "{n} أخرى"),
    "cart.refund": ("Returned", "مُرتجع"),
    "cart.refunds": ("Returned", "المرتجع"),
    "cart.rounding": ("Rounding", "التقريب"),
    "cart.tax_added": ("VAT {rate} %", "ضريبة القيمة المضافة {rate} %"),
    "cart.tax_added.any": ("VAT", "ضريبة القيمة المضافة"),
    "cart.tax_included": ("includes VAT {rate} %: {amount}", "شاملة ضريبة القيمة المضافة {rate} %: {amount}"),
    "cart.tax_included.any": ("includes VAT: {amount}", "شاملة ضريبة القيمة المضافة: {amount}"),
    "cart.total": ("TOTAL", "الإجمالي"),
    "cart.total.row": ("Total", "الإجمالي"),
    "cart.to_return": ("TO RETURN", "المبلغ المُعاد"),
    "cart.due": ("TO PAY", "المطلوب"),
    "cart.empty": ("Your order appears here", "طلبك يظهر هنا"),
    # Payment
    "cart.pay": ("Please pay", "الرجاء الدفع"),
    "cart.scan": ("Scan to pay", "امسح الرمز للدفع"),
    "cart.at_the_till": ("Pay at the till", "ادفع عند الكاشير"),
    "cart.qr_expired": ("This code has expired: ask the cashier", "انتهت صلاحية الرمز: اسأل الكاشير"),
    "cart.qr_wait": ("One moment: a new code is coming", "لحظة من فضلك: رمز جديد في الطريق"),
    # Paid
    "cart.thanks": ("Thank you!", "شكرًا لك!"),
    "cart.returned": ("Refunded", "تم رد المبلغ"),
    "cart.number": ("Your number", "رقم طلبك"),
    "cart.change": ("Your change", "الباقي لك"),
    "cart.receipt": ("Scan for your receipt", "امسح للحصول على الفاتورة"),
    # Idle and offline
    "cart.welcome": ("Welcome", "أهلًا وسهلًا"),
    "cart.one_moment": ("One moment, please", "لحظة من فضلك"),
    "cart.ask": ("Please ask the cashier", "يرجى سؤال الكاشير"),
    "guest.not_live": ("NOT LIVE {age}", "غير متصل {age}"),
    # Board
    "board.ready": ("READY", "جاهز للاستلام"),
    "board.preparing": ("PREPARING", "قيد التحضير"),
    "board.riders": ("RIDERS", "المناديب"),
    "board.counter": ("Counter {n}", "كاونتر {n}"),
    "board.cancelled": ("Please see the cashier", "يرجى مراجعة الكاشير"),
    "board.also_ready": ("Also ready", "جاهز أيضًا"),
    "board.ask": ("Please ask at the counter", "يرجى السؤال عند الكاونتر"),
}
