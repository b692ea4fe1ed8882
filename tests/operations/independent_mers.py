"""Who had to be asked after on a day in the Korean MERS outbreak of 2015, straight from the raw files.

Shares no code with Epiloop: only the csv module and calendar arithmetic. Run it to see readings of "within 14 days":

    python tests/operations/independent_mers.py ../shared/data/mers-korea-2015 2015-06-05

Found: a link's day zero is the contact's end of exposure in the line list (start where there is no end). The link is
within from day 1 to day 14, not on the day of the exposure itself (day 0). Whoever was diagnosed on the day itself is a
case by then. That gives 65 links, 63 people, 9 of them diagnosed, 54 lines.
Counting day 0 in would add one link and one person (66, 64, 55 lines); counting only diagnoses before the day would
leave 5 cases (58 lines). The upper end does not matter on that day: no link stands at day 14 or 15. Two links (one
person) have no exposure day and are in no count.
"""

# ruff: noqa: T201 - a script that prints

import csv
import sys
from datetime import date
from pathlib import Path

WINDOW = 14


def day(text):
    return date.fromisoformat(text) if text and text != "NA" else None


def read(folder):
    with (folder / "linelist.csv").open(encoding="utf-8-sig", newline="") as file:
        people = {row["id"]: row for row in csv.DictReader(file)}
    with (folder / "contacts.csv").open(encoding="utf-8-sig", newline="") as file:
        links = [(row["from"], row["to"]) for row in csv.DictReader(file)]
    return people, links


def count(people, links, on, *, first_day=1, last_day=WINDOW, same_day_is_case=True):
    """(links within, people within, those diagnosed, those to follow up), the last three as sets of ids."""
    within = []
    for _, contact in links:
        last = day(people[contact]["dt_end_exp"]) or day(people[contact]["dt_start_exp"])
        if last and first_day <= (on - last).days <= last_day:
            within.append(contact)
    everyone = set(within)
    diagnosed = set()
    for person in everyone:
        when = day(people[person]["dt_diag"])
        if when and (when < on or (same_day_is_case and when == on)):
            diagnosed.add(person)
    return len(within), everyone, diagnosed, everyone - diagnosed


def main():
    folder, on = Path(sys.argv[1]), date.fromisoformat(sys.argv[2])
    people, links = read(folder)
    undated = [to for _, to in links if not (day(people[to]["dt_end_exp"]) or day(people[to]["dt_start_exp"]))]
    print(f"{len(people)} people, {len(links)} links, {len(undated)} without any exposure day: {sorted(set(undated))}")
    for first_day in (0, 1):
        for last_day in (13, 14, 15):
            for same in (True, False):
                n, everyone, cases, lines = count(
                    people, links, on, first_day=first_day, last_day=last_day, same_day_is_case=same
                )
                how = "on or before" if same else "before"
                print(
                    f"days {first_day}-{last_day}, diagnosed {how}: {n} links,"
                    f" {len(everyone)} people, {len(cases)} cases, {len(lines)} lines"
                )


if __name__ == "__main__":
    main()
