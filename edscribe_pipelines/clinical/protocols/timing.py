"""Steps of a protocol whose times, where the note gives them, are in the wrong order, too late or too far apart.

Times are to the minute, so two steps of the same minute are in no order. A step that the note names before its timed
mention without a time may have been done then: nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from edscribe_pipelines.clinical.protocols.cues import cue_spans
from edscribe_pipelines.clinical.protocols.rules import Interval, Protocol, Step
from edscribe_pipelines.clinical.protocols.states import Mention
from edscribe_pipelines.clinical.protocols.steps import Shown, Span, StepState, happened
from edscribe_pipelines.clinical.protocols.times import Moment, minutes_between, moments_at, moments_in
from edscribe_pipelines.clinical.reading.parsed_note import ParsedNote


class Course:
    """When the steps of a protocol happened, as far as the note tells."""

    def __init__(self, note: ParsedNote, protocol: Protocol, mention: Mention, shown: Shown) -> None:
        self._note, self._protocol, self._mention, self._shown = note, protocol, mention, shown

    def first(self, key: str) -> Moment | None:
        """Return when step `key` first happened, None where an untimed mention may come before."""
        events = self._events(key)
        outright = (moments_in(self._note, *span) for span in events)
        moments = next(filter(None, outright), ()) or (moments_at(self._note, *events[0]) if events else ())
        return moments[0] if moments else None

    def place(self, key: str) -> Span:
        return self._events(key)[0]

    def out_of_order(self) -> Iterator[tuple[Step, Step]]:
        """Yield pairs of steps of which the first should have come first, and came later."""
        for before, after in dict.fromkeys(self._ordered_pairs()):
            first, second = self.first(before), self.first(after)
            if first and second and (minutes_between(second, first) or 0) > 0:
                yield self._protocol.steps[before], self._protocol.steps[after]

    def too_late(self, states: dict[str, StepState]) -> Iterator[tuple[Step, str]]:
        """Yield steps that came more than their minutes after an anchor, with the anchor."""
        for key, step in self._protocol.steps.items():
            done = self.first(key) if step.within_min is not None and states[key] != "not_assessable" else None
            if done is None or step.within_min is None:
                continue
            anchors = ((anchor, self._anchor(anchor, done)) for anchor in step.anchors)
            anchor, since = next(((name, moment) for name, moment in anchors if moment), ("", None))
            if since and (minutes_between(since, done) or 0) > step.within_min:
                yield step, anchor

    def off_interval(self) -> Iterator[tuple[Step, Interval]]:
        """Yield steps whose doses came too close or too far apart."""
        for key, step in self._protocol.steps.items():
            if step.every and any(not step.every.low <= gap <= step.every.high for gap in self._gaps(key, step.every)):
                yield step, step.every

    def _ordered_pairs(self) -> Iterator[tuple[str, str]]:
        for key, step in self._protocol.steps.items():
            if not self._shown.get((key, "order_unless")):
                yield from ((key, other) for other in step.before)
                yield from ((other, key) for other in step.after)

    def _gaps(self, key: str, every: Interval) -> Iterator[int]:
        moments = sorted({moment for span in self._events(key) for moment in moments_at(self._note, *span)})
        until = self.first(every.until) if every.until else None
        for earlier, later in pairwise(moments):
            gap = minutes_between(earlier, later)
            if gap is not None and not (until and (minutes_between(until, later) or 0) > 0):
                yield gap

    def _events(self, key: str) -> list[Span]:
        return [span for span in self._shown.get((key, "event"), []) if happened(self._note, span)]

    def _anchor(self, anchor: str, done: Moment) -> Moment | None:
        """Return the anchor's moment on the scale of `done`, None where the note does not give it."""
        if anchor in self._protocol.steps:
            moments: Iterable[Moment] = filter(None, [self.first(anchor)])
        elif anchor == "recognition":
            moments = moments_at(self._note, self._mention.start, self._mention.end)
        elif anchor == "door" and done.scale == "arrival":
            moments = [Moment("arrival", 0)]
        else:
            moments = self._told_beside(anchor)
        return next((moment for moment in moments if moment.scale == done.scale), None)

    def _told_beside(self, cue: str) -> Iterator[Moment]:
        for start, end in cue_spans(cue, self._note.text):
            yield from moments_at(self._note, start, end)
