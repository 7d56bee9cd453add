"""Execute chapters on a Dask cluster, whose machines all see the folder of the book."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from distributed import Client, as_completed

from surveybook.build.workers import Item, Made, Outcome
from surveybook.core.errors import SurveybookError

CONNECT_SECONDS = 20
TRIES = 3  # of a chapter whose worker was lost; the scheduler counts the losses


class DaskWorkers:
    """The workers of a scheduler; a chapter whose worker is lost runs on another."""

    def __init__(self, scheduler: str) -> None:
        self.scheduler = scheduler

    def run(
        self, function: Callable[[Item], Made], items: Iterable[Item], begun: Callable[[Item], None]
    ) -> Iterator[Outcome]:
        """Yield each item as it is done, with what was made of it or the error.

        Raises
        ------
        SurveybookError
            No scheduler answers at the address, or it has no workers.
        """
        with self._client() as client:
            waiting = {}
            for item in items:
                # Never an earlier result: what a chapter reads may have changed.
                waiting[client.submit(function, item, pure=False, retries=TRIES)] = item
                begun(item)
            try:
                for future in as_completed(waiting, loop=client.loop):
                    error = future.exception()
                    yield waiting[future], None if error else future.result(), error
            finally:  # an interrupt leaves nothing running there
                client.cancel(list(waiting), force=True)

    def _client(self) -> Client:
        try:
            client = Client(self.scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise SurveybookError(
                "no Dask scheduler answers",
                got=self.scheduler,
                expected="the address of a scheduler that runs, such as tcp://10.0.0.5:8786",
                hint=f"start it by: dask scheduler; then on each machine: dask worker {self.scheduler} ({error})",
            ) from None
        if not client.scheduler_info(n_workers=-1)["workers"]:
            client.close()
            raise SurveybookError(
                "the Dask scheduler has no workers",
                got=self.scheduler,
                expected="at least one worker, with the same packages",
                hint=f"start some in the folder of the book, on each machine: dask worker {self.scheduler}",
            )
        return client
