"""An answer is for this life of the store, whatever else a newer cloud writes beside it."""

from __future__ import annotations

from typing import Any

import pytest

from heard.revision import Epoch
from hub.cloud.answer import CloudFailed
from hub.cloud.offer import check_epoch

OURS = {"n": 2, "random": "00000000000000ab"}


@pytest.mark.parametrize(
    ("epoch", "fits"),
    [
        (OURS, True),
        (None, True),
        ({**OURS, "region": "west"}, True),
        ({**OURS, "n": 1}, False),
        ({**OURS, "random": "00000000000000ac"}, False),
        ({"n": 2}, False),
        ("2", False),
    ],
)
def test_the_epoch_of_an_answer_is_its_number_and_its_random(epoch: Any, fits: bool) -> None:
    if fits:
        check_epoch(Epoch(2, 0xAB), {"results": [], "epoch": epoch})
    else:
        with pytest.raises(CloudFailed, match="another epoch"):
            check_epoch(Epoch(2, 0xAB), {"epoch": epoch})
