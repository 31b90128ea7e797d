import asyncio
import time

from edscribe_pipelines.fhir.delivery.concurrency import Concurrency


def test_places_grow_by_one_to_the_cap_and_halve_once_for_what_was_on_its_way() -> None:
    async def run() -> list[int]:
        places = Concurrency(8, 10)
        seen = []
        for _ in range(4):
            places.succeeded()
        seen.append(places.highest)
        began = time.monotonic()
        for _ in range(3):
            places.throttled(began, 0)
        seen.append(places.lowest)
        for _ in range(9):
            places.throttled(time.monotonic(), 0)
        seen.append(places.lowest)
        return seen

    assert asyncio.run(run()) == [10, 5, 1]


def test_no_more_enter_than_there_are_places() -> None:
    async def run() -> tuple[int, int]:
        places, inside, most = Concurrency(3, 3), 0, 0

        async def visit() -> None:
            nonlocal inside, most
            await places.enter()
            inside, most = inside + 1, max(most, inside + 1)
            await asyncio.sleep(0.01)
            inside -= 1
            await places.leave()

        await asyncio.gather(*(visit() for _ in range(10)))
        return most, inside

    assert asyncio.run(run()) == (3, 0)


def test_nobody_begins_before_the_server_is_ready() -> None:
    async def run() -> float:
        places = Concurrency(2, 2)
        places.throttled(time.monotonic(), 0.2)
        started = time.monotonic()
        async with places.request() as began:
            return began - started

    assert asyncio.run(run()) >= 0.19
