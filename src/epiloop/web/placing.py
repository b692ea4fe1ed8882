"""Where something is, in names: "Guyi Town · Xipo Village · Grid 1", without what the reader looks at anyway."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from epiloop.core.jurisdictions import LEVELS, Code, at_level, level, range_of, short
from epiloop.web.acting import Acting
from epiloop.web.header import named

DEEP = LEVELS.index("township")
JOINT = " · "


@dataclass(frozen=True, slots=True)
class Placing:
    """Names of jurisdictions for one page. `here`: the one looked at."""

    here: Code | None = None
    names: dict[int, str] = field(default_factory=dict)
    _said: dict[int, str] = field(default_factory=dict, compare=False, repr=False)

    def of(self, number: int | None) -> str:
        """A jurisdiction with those above it up to the township; "" for none."""
        if not number:
            return ""
        if number not in self._said:
            self._said[number] = self._path(number)
        return self._said[number]

    def _path(self, number: int) -> str:
        steps = [step for step in _steps(number) if self.here is None or step != self.here]
        found = [(step, self.names.get(step, "")) for step in steps or [Code(number)]]
        return JOINT.join(name for step, name in found if name not in ("", short(step))) or short(Code(number))

    def beside(self, number: int | None) -> str:
        """The same for a post that stands for it: "" where it is what the reader looks at."""
        return "" if number is None or number == self.here or self._contains(number) else self.of(number)

    def _contains(self, number: int) -> bool:
        return self.here is not None and self.here in range_of(Code(number))


def placing(who: Acting, numbers: Iterable[int | None]) -> Placing:
    """Look the names up, all in one question."""
    wanted = {step for number in numbers if number for step in _steps(number)}
    return Placing(who.jurisdiction, named(wanted, who) if wanted else {})


def _steps(number: int) -> list[Code]:
    """The township, community, grid above a jurisdiction and itself; only itself where it is higher."""
    code = Code(number)
    rank = LEVELS.index(level(code))
    return [at_level(code, LEVELS[one]) for one in range(DEEP, rank + 1)] or [code]
