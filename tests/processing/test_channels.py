import numpy as np
import pytest


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        ({"order": "rgb->bgr"}, lambda x: x[..., ::-1]),
        ({"layout": "nhwc->nchw"}, lambda x: x.transpose(0, 3, 1, 2)),
        ({"order": "rgb->bgr", "layout": "nhwc->nchw"},
         lambda x: x[..., ::-1].transpose(0, 3, 1, 2)),
    ],
)  # fmt: skip
def test_order_and_layout(args, wanted, same, rng):
    pixels = rng.integers(0, 256, (2, 4, 5, 3)).astype(np.uint8)
    found = same([{"channels": args}], pixels)
    np.testing.assert_array_equal(found, wanted(pixels))
    back = {"order": "bgr->rgb"} if "order" in args else {}
    back |= {"layout": "nchw->nhwc"} if "layout" in args else {}
    np.testing.assert_array_equal(same([{"channels": back}], found), pixels)
