-- name: sample
-- People with an open loop in an area, in an order that has nothing to do with who they are: a sample that is the same
-- each time. `of`: how many such people there are.
with everyone as (
    select subject, min(jurisdiction) as jurisdiction
    from loop
    where subject_kind = 'person' and opened_at <= %(at)s and (closes_at is null or closes_at > %(at)s)
      and jurisdiction >= %(low)s and jurisdiction < %(high)s
      and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
    group by subject
)
select subject, jurisdiction, (select count(*) from everyone) as of
from everyone
order by md5(subject::text)
limit %(limit)s
