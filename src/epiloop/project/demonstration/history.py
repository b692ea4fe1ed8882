"""Everything that happened in the county before the demonstration begins, in order of time."""

from epiloop.project.demonstration.arrivals import arrivals
from epiloop.project.demonstration.county import County
from epiloop.project.demonstration.keyposts import holders, key_posts
from epiloop.project.demonstration.outbreak import Outbreak, outbreak
from epiloop.project.demonstration.population import Frame


def history(county: County, frame: Frame, *, hour: int = 10, most_key_people: int | None = None) -> Outbreak:
    """The outbreak together with arrivals and key posts, up to `hour` o'clock of the county's day.

    `most_key_people` limits how many people's posts are told (by default one in 200 of the county, at least 100).
    """
    ill = outbreak(county, frame, hour=hour)
    most = max(100, county.people // 200) if most_key_people is None else most_key_people
    posts = key_posts(county, frame, holders(county, frame, most), ill.until)
    records = [*ill.records, *posts, *arrivals(county, frame, ill)]
    records.sort(key=lambda record: (record.occurred_at, record.person))
    return Outbreak(tuple(records), ill.infections, ill.until)
