"""Synthetic line lists: who fell ill when, and who met whom; every name in them is made up."""

import csv
import io
import random
from collections.abc import Sequence
from datetime import date, timedelta

from epiloop.core.jurisdictions import Code
from epiloop.operations.investigation.mapping import parse_mapping
from epiloop.papers.tables import read_table
from epiloop.runtime.acts import Asked
from epiloop.runtime.intake import Files, Order

MAPPING = """\
system: proof-list
constants: {disease: covid-19}
cases:
  id: No
  name: Name
  phone: Phone
  document: Document
  address: Address
  sex: Sex
  age: Age
  classification: Class
  onset: Onset
  diagnosed: Confirmed
  hospital: Hospital
  place: Place
  note: Note
contacts:
  from: From
  to: To
  name: Name
  phone: Phone
  last_exposure: Last
  setting: Setting
  place: Place
  note: Note
keep: [Ward]
"""
CASES = ("No", "Name", "Phone", "Document", "Address", "Sex", "Age", "Class", "Onset", "Confirmed", "Hospital")
CASES += ("Place", "Note", "Ward")
CONTACTS = ("From", "To", "Name", "Phone", "Last", "Setting", "Place", "Note")
FIRST = date(2022, 7, 1)
Rows = list[list[str]]


def cases(how_many: int, seed: int = 1) -> Rows:
    """Confirmed cases of a week; nine of ten have a name and a phone."""
    chance = random.Random(seed)
    made = []
    for number in range(how_many):
        onset = FIRST + timedelta(days=chance.randrange(7))
        named = [f"Testcase Number{number:05}", f"199{number:08}"] if chance.random() < 0.9 else ["", ""]
        days = [onset.isoformat(), (onset + timedelta(days=1)).isoformat()]
        rest = [f"Hospital {chance.randrange(9)}", f"Market {chance.randrange(50)}", "", f"W{chance.randrange(5)}"]
        sex, age = chance.choice(["male", "female"]), str(chance.randrange(1, 95))
        made.append([f"C{number}", *named, "", "", sex, age, "confirmed", *days, *rest])
    return made


def contacts(how_many: int, among: int, seed: int = 1) -> Rows:
    """People who are in no case list, each met by one case."""
    chance = random.Random(seed + 1)
    return [
        [
            *(f"C{chance.randrange(among)}", f"K{number}", f"Testcontact Number{number:05}", f"198{number:08}"),
            *((FIRST + timedelta(days=chance.randrange(8))).isoformat(), "household", "", ""),
        ]
        for number in range(how_many)
    ]


def as_csv(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """The rows as a file."""
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode()


def order(case_rows: Rows, contact_rows: Rows, where: Code, key: str) -> Order:
    """The import of such lists."""
    files = Files(
        read_table("cases.csv", as_csv(CASES, case_rows)),
        read_table("contacts.csv", as_csv(CONTACTS, contact_rows), sheet="contacts") if contact_rows else None,
    )
    return Order(Asked("test", "data-import", key), parse_mapping(MAPPING), files, where, b"stamp of the tests")
