"""The text that Prometheus reads."""

from hub.admin.figures import Figure, exposition, figure, labelled


def test_exposition() -> None:
    text = exposition(
        [
            figure("heard_orders_total", "counter", "Orders.", 3),
            labelled("heard_watchers", "gauge", "Watches.", "view", {"prep": 2, 'a"b\\c\nd': 0.25}),
            Figure("heard_none", "gauge", "Nothing.", {}),
        ]
    )
    assert text == (
        "# HELP heard_orders_total Orders.\n"
        "# TYPE heard_orders_total counter\n"
        "heard_orders_total 3\n"
        "# HELP heard_watchers Watches.\n"
        "# TYPE heard_watchers gauge\n"
        'heard_watchers{view="prep"} 2\n'
        'heard_watchers{view="a\\"b\\\\c\\nd"} 0.25\n'
        "# HELP heard_none Nothing.\n"
        "# TYPE heard_none gauge\n"
    )
