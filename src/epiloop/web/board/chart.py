"""The day as two lines, drawn on the server: what fell due by each hour, what of the day's is done."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from epiloop.store.reading.board import Day
from epiloop.store.reading.cleared import Cleared

TOP, BOTTOM, RIGHT = 14, 132, 366
"""Of the drawing, in its own units (420 by 150); the label of what is due stands right of RIGHT."""


@dataclass(frozen=True, slots=True)
class DayChart:
    """Points of the two lines as SVG takes them, where their labels and the present hour stand."""

    due: str
    done: str
    due_y: float
    done_x: float
    done_dot: float
    done_y: float
    label_x: float
    now_x: float
    hours: tuple[tuple[float, str], ...]
    grid: tuple[float, ...] = (TOP, (TOP + BOTTOM) / 2, BOTTOM)


def day_chart(cleared: Cleared, day: Day, zone: tzinfo) -> DayChart | None:
    """The chart of a day; None if nothing falls due in it."""
    if not cleared.due or not cleared.by_hour:
        return None
    length = (day.end - day.start).total_seconds()

    def x(at: datetime) -> float:
        return round((at - day.start).total_seconds() / length * RIGHT, 1)

    def y(count: int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * count / cleared.due, 1)

    now_x = x(day.at)
    done = [(min(x(hour.hour), now_x), y(hour.done)) for hour in cleared.by_hour if hour.done is not None]
    fallen = [(x(hour.hour), y(hour.due)) for hour in cleared.by_hour]
    done_x, done_dot = done[-1] if done else (0.0, float(BOTTOM))
    return DayChart(
        due=_points(fallen),
        done=_points(done),
        due_y=fallen[-1][1] + 4,
        done_x=done_x,
        done_dot=done_dot,
        done_y=max(done_dot + 16, TOP) if done_dot < BOTTOM - 20 else done_dot - 8,
        label_x=min(done_x + 6, RIGHT),
        now_x=now_x,
        hours=tuple((x(hour.hour), f"{hour.hour.astimezone(zone):%H}") for hour in cleared.by_hour[:-1:6]),
    )


def _points(places: list[tuple[float, float]]) -> str:
    return " ".join(f"{left},{top}" for left, top in places)
