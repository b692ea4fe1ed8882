"""What a start does, step by step, shown with progress bars."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Report(Protocol):
    """How long work tells how far it is: `report(step, done, total)`; the step is shown as given."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """`done` of `total` things of this step are done."""
        ...


class Steps:
    """The lines of a start, each step with a bar of its own. Names of steps are message ids."""

    def __init__(self, progress: Progress, translate: Callable[[str], str]) -> None:
        self._progress, self._translate = progress, translate
        self._tasks: dict[str, TaskID] = {}

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """One step without measure: spinning, then done."""
        task = self._progress.add_task(self._translate(name), total=None)
        yield
        self._progress.update(task, total=1, completed=1)

    def end(self) -> None:
        """Leave the lines as they are and let other text follow."""
        self._progress.stop()

    def report(self, step: str, done: int, total: int) -> None:
        """A `Report`: a bar for each step name it is called with."""
        if step not in self._tasks:
            self._tasks[step] = self._progress.add_task(self._translate(step), total=total)
        self._progress.update(self._tasks[step], completed=done, total=total)


@contextlib.contextmanager
def shown(translate: Callable[[str], str]) -> Iterator[Steps]:
    """Show steps on standard error while the block runs."""
    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield Steps(progress, translate)
