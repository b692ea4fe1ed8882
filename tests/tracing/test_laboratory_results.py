"""A laboratory's result from its own files to the key service: made, signed, handed in on both ways."""

import pytest
from tests.api.conftest import asker
from tests.cli.conftest import _run as run
from tests.cli.conftest import read
from tests.tracing.searches import CARD, NOW, playing
from tests.tracing.test_searches import approved
from tests.web.staff import account, signed_in

from epiloop.core.errors import Refused
from epiloop.runtime.requests.tracing.answers import search
from epiloop.runtime.requests.tracing.deciding import standing
from epiloop.runtime.requests.tracing.lost import agree_on_ends

NAME = "city-laboratory"
TAKEN = NOW.replace(day=3).isoformat()


@pytest.fixture
def story(clean):
    with playing(clean) as made:
        yield made


@pytest.fixture
def laboratory(story, tmp_path):
    """Its key, made where it is and enrolled by an administrator of the key service."""
    assert run("keys", "make", tmp_path / "lab").exit_code == 0
    assert run("keys", "sources", "enrol", "--name", NAME, "--key", tmp_path / "lab.pub").exit_code == 0
    return tmp_path


def statement(folder, name, found, key="lab", number=CARD, sample=None):
    """The files of a result and of its signature."""
    said, signature = folder / name, folder / f"{name}.signature"
    told = ("--laboratory", NAME, "--sample", sample or name, "--taken-at", TAKEN, "--found", found)
    assert run("keys", "result", said, *told, stdin=f"{number}\n").exit_code == 0
    signed = run("keys", "sign", "--key", folder / key, said)
    assert signed.exit_code == 0
    assert number not in signed.output
    signature.write_text(signed.stdout)
    return said, signature


def attested(story):
    return story.parts.vault.attested(story.people["case"], "tester")


def events(story):
    with story.parts.pool.connection() as connection:
        return connection.execute("select count(*), max(event::text) from event").fetchone()


def test_a_result_from_a_laboratorys_files_counts_for_the_person_it_names(story, laboratory):
    said, signature = statement(laboratory, "S7", "confirmed")
    assert attested(story) == ""
    first = read(run("traces", "attest", said, signature, "--json"))
    assert attested(story) == "confirmed"
    assert read(run("traces", "attest", said, signature, "--json")) == first, "handed in twice it is one"
    assert run("keys", "result", said, *("--laboratory", NAME, "--sample", "S7", "--taken-at", TAKEN), "--found",
               "positive", stdin=f"{CARD}\n").exit_code == 5  # fmt: skip


def test_a_result_is_handed_in_by_a_program_with_a_fitting_right_and_leaves_no_trace_here(story, laboratory):
    said, signature = statement(laboratory, "S8", "positive")
    key, value = signature.read_text().strip().split(":")
    body = {"text": said.read_bytes().hex(), "key": key, "signature": value}
    before, (reader, sender) = events(story), (asker("reader-1", "inspector"), asker("sender-1", "registrar"))
    assert reader.post("/attestations", body, status=403)["code"]
    assert attested(story) == ""
    sender.post("/attestations", body)
    assert attested(story) == "positive"
    body["signature"] = "0" * 128
    sender.post("/attestations", body, status=403)
    assert events(story) == before


def test_a_key_that_is_no_laboratorys_attests_nothing(story, laboratory):
    assert run("keys", "make", laboratory / "other").exit_code == 0
    files = statement(laboratory, "S9", "confirmed", key="other")
    assert run("traces", "attest", *files).exit_code == 3
    assert attested(story) == ""


def test_a_positive_taken_back_ends_what_is_open_here_too_and_the_page_says_so(story, laboratory):
    assert run("traces", "attest", *statement(laboratory, "S7", "confirmed")).exit_code == 0
    running = approved(story)
    none = statement(laboratory, "never", "withdrawn")
    assert run("traces", "attest", *none).exit_code == 4, "no such positive"
    back = statement(laboratory, "back", "withdrawn", sample="S7")
    assert run("traces", "attest", *back).exit_code == 0
    assert attested(story) == "withdrawn"
    with pytest.raises(Refused):
        search(story.made, story.by("asker", "search"), running)
    assert agree_on_ends(story.parts) == 1
    assert standing(story.parts, running)[0].step == "withdrawn"
    officer = account("officer-7", "investigator")
    for language, words in (("en", "has taken its positive back"), ("zh-hans", "已撤回其阳性结果")):
        page = signed_in(officer, HTTP_ACCEPT_LANGUAGE=language).get(f"/traces/new/{story.people['case']}/")
        assert words in page.content.decode()
