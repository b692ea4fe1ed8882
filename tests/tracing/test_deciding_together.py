"""Two people decide about one request at the same moment: whoever is first, both places say the same in the end."""

from dataclasses import replace
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
from tests.tracing.searches import KEYS, Searches, playing
from tests.tracing.test_searches import approved, asked, state

from epiloop.core.errors import EpiloopError, Refused, Unavailable
from epiloop.runtime.requests.tracing.answers import search
from epiloop.runtime.requests.tracing.deciding import approve, refuse, withdraw
from epiloop.runtime.requests.tracing.lost import agree_on_ends
from epiloop.vault.results import Found
from epiloop.vault.signatures import signed


class Stopped:
    """The key service, one call of which waits before or after it is carried out until it is let go; or is cut off
    after it was.
    """

    def __init__(self, vault: Any, call: str, where: str) -> None:
        self._vault, self._call, self._where = vault, call, where
        self.reached, self.go_on = Event(), Event()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._vault, name)
        return self._stopping(method) if name == self._call else method

    def _stopping(self, method: Any) -> Any:
        def call(*arguments: Any) -> Any:
            if self._where == "before":
                self._wait()
            done = method(*arguments)
            if self._where == "after":
                self._wait()
            elif self._where == "cut":
                raise Unavailable("The line broke.")
            return done

        return call

    def _wait(self) -> None:
        self.reached.set()
        assert self.go_on.wait(20)


@pytest.fixture
def story(clean):
    with playing(clean) as made:
        made.attest(Found.CONFIRMED)
        yield made


def there(story: Searches, request: UUID) -> str:
    """How it stands with the key service."""
    return next(one.state for one in story.parts.vault.grants() if one.id == request)


def outcome(act: Any) -> Any:
    try:
        act()
    except EpiloopError as wrong:
        return type(wrong)
    return None


def acts(story: Searches, parts: Any, name: str, request: UUID, text: bytes) -> Any:
    by = story.by("approver", f"{name} {request}", "duty-officer")
    if name == "approve":
        return approve(parts, by, request, "city office", signed(text, KEYS["approver"]))
    if name == "refuse":
        return refuse(parts, by, request, "no need")
    return withdraw(parts, story.by("asker", f"end {request}"), request)


ENDS = {
    ("approve", "refuse"): ("approved", "open", {"one": None, "two": Refused}),
    ("refuse", "approve"): ("refused", "withdrawn", {"one": None, "two": Refused}),
    ("approve", "withdraw"): ("withdrawn", "withdrawn", {"one": None, "two": None}),
    ("withdraw", "approve"): ("withdrawn", "withdrawn", {"one": None, "two": Refused}),
}
"""Who is first, who comes while they are at it; how it stands here and there, and what each of them is told."""


def test_whoever_of_two_is_first_ledger_and_key_service_end_alike(story):
    for (first, second), end in ENDS.items():
        for where in ("before", "after"):
            request, text = asked(story, f"{first} {second} {where}")
            stopped = Stopped(story.parts.vault, "approve" if first == "approve" else "withdraw", where)
            told = both(story, replace(story.parts, vault=stopped), stopped, (first, second), (request, text))
            assert (state(story, request).step, there(story, request), told) == end, (first, second, where)
            answered = outcome(lambda r=request: search(story.made, story.by("asker", f"search {r}"), r))
            assert answered is (None if end[1] == "open" else Refused)
    assert agree_on_ends(story.parts) == 0


def both(story, parts, stopped, names, of):
    """The first one is stopped at the key service until the second got as far as it gets; what each was told."""
    told: dict[str, Any] = {}
    one, two = (
        Thread(target=lambda who=who, at=at, name=name: told.update({who: outcome(lambda: acts(story, at, name, *of))}))
        for who, at, name in zip(("one", "two"), (parts, story.parts), names, strict=True)
    )
    one.start()
    assert stopped.reached.wait(20)
    two.start()
    two.join(0.3)
    stopped.go_on.set()
    one.join(20)
    two.join(20)
    return told


def test_whoever_refuses_and_is_cut_off_has_ended_it_and_the_next_look_says_so(story):
    request, text = asked(story, "cut off")
    cut = replace(story.parts, vault=Stopped(story.parts.vault, "withdraw", "cut"))
    assert outcome(lambda: acts(story, cut, "refuse", request, text)) is Unavailable
    assert (state(story, request).step, there(story, request)) == ("asked", "withdrawn")
    assert outcome(lambda: acts(story, story.parts, "approve", request, text)) is Refused
    assert agree_on_ends(story.parts) == 1
    assert agree_on_ends(story.parts) == 0
    assert state(story, request).step == "withdrawn"
    with pytest.raises(Refused):
        search(story.made, story.by("asker", "search cut off"), request)


def test_whoever_approves_and_is_cut_off_can_approve_again_or_another_refuses(story):
    for last, step in (("approve", "approved"), ("refuse", "refused")):
        request, text = asked(story, f"cut before {last}")
        cut = replace(story.parts, vault=Stopped(story.parts.vault, "approve", "cut"))
        assert outcome(lambda cut=cut, request=request, text=text: acts(story, cut, "approve", request, text)) is Unavailable  # fmt: skip  # noqa: E501
        with pytest.raises(Refused):  # what is not noted here is not searched
            search(story.made, story.by("asker", f"early {last}"), request)
        acts(story, story.parts, last, request, text)
        assert (state(story, request).step, there(story, request) == "open") == (step, last == "approve")


def test_what_ended_here_ends_with_the_key_service_too(story):
    """As after the key service was restored from a copy of before it was told."""
    request = approved(story, "restored")
    kept = replace(story.parts, vault=_Deaf(story.parts.vault))
    withdraw(kept, story.by("asker", "end restored"), request)
    assert (state(story, request).step, there(story, request)) == ("withdrawn", "open")
    assert agree_on_ends(story.parts) == 1
    assert there(story, request) == "withdrawn"


class _Deaf:
    """The key service as it is after it forgot that something ended."""

    def __init__(self, vault: Any) -> None:
        self._vault = vault

    def __getattr__(self, name: str) -> Any:
        return (lambda *_said: None) if name == "withdraw" else getattr(self._vault, name)
