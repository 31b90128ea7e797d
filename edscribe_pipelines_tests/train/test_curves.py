import base64
import io
import math
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from edscribe_pipelines.train.curves import as_markdown, draw_curves

Event = dict[str, Any]


def training(steps: int) -> Iterator[Event]:
    yield {"event": "stage", "stage": "lora"}
    for step in range(1, steps + 1):
        loss = 1 + math.exp(-5 * step / steps) * (3 + math.sin(step * 12.9))
        speed = 9_000 + 500 * math.cos(step * 78.2)
        figures = {"learning_rate": 2e-4 * step / steps, "tokens_per_second": speed}
        yield {"event": "step", "step": step, "of": steps, "loss": loss, **figures}
        if step % 10 == 0:
            yield {"event": "validation", "step": step, "loss": 1.2 * loss}


SHORT = list(training(30))


def test_picture_is_a_png_900_pixels_wide():
    picture = Image.open(io.BytesIO(draw_curves(SHORT)))
    assert (picture.format, picture.width) == ("PNG", 900)


def test_five_thousand_steps_stay_below_80_kilobytes():
    assert len(draw_curves(training(5_000))) < 80_000


def test_same_events_make_the_same_bytes():
    assert draw_curves(SHORT) == draw_curves(iter(SHORT))


@pytest.mark.parametrize("left_out", ["validation", "loss", "learning_rate", "tokens_per_second"])
def test_each_part_of_the_training_is_drawn(left_out: str):
    changed = [event | ({left_out: 5.0} if left_out in event else {}) for event in SHORT if left_out != event["event"]]
    assert draw_curves(changed) != draw_curves(SHORT)


def test_of_a_step_reported_again_after_a_resume_the_later_report_is_drawn():
    first = [event | {"loss": 40.0} for event in training(12) if event["event"] == "step"]
    assert draw_curves([*first, *training(30)]) == draw_curves(training(30))


@pytest.mark.parametrize("nothing", [None, math.nan])
def test_loss_that_is_no_number_is_marked(nothing: float | None):
    events = list(training(25))
    assert _black_pixels_at_the_end_of_the_loss_panel(events) == 0
    events[-1] |= {"loss": nothing}
    assert _black_pixels_at_the_end_of_the_loss_panel(events) > 20


def _black_pixels_at_the_end_of_the_loss_panel(events: list[Event]) -> int:
    panel = Image.open(io.BytesIO(draw_curves(events))).convert("L").crop((800, 130, 895, 250))
    return sum(1 for pixel in panel.getdata() if pixel < 60)


def test_spike_of_a_single_step_is_kept_in_a_long_curve():
    flat = [event | {"loss": 1.0} for event in training(3_000) if event["event"] == "step"]
    spiked = [event | ({"loss": 9.0} if event["step"] == 1_234 else {}) for event in flat]
    assert _coloured_pixels_amid_the_loss_panel(flat) == 0
    assert _coloured_pixels_amid_the_loss_panel(spiked) > 20


def _coloured_pixels_amid_the_loss_panel(events: list[Event]) -> int:
    panel = Image.open(io.BytesIO(draw_curves(events))).convert("RGB").crop((100, 75, 600, 160))
    return sum(1 for pixel in panel.getdata() if max(pixel) - min(pixel) > 20)


def test_markdown_holds_the_picture_itself():
    text = as_markdown(b"\x89PNG")
    assert text.startswith("![Training curves](data:image/png;base64,")
    assert base64.b64decode(text.removesuffix(")").rsplit(",", 1)[1]) == b"\x89PNG"
