-- name: adoptions
select * from adoptions_told() order by adopted_at desc, rulebook

-- name: in_force
-- Of each rulebook the one adopted last by the instant.
select distinct on (rulebook, jurisdiction) * from adoptions_told()
where adopted_at <= %(at)s order by rulebook, jurisdiction, adopted_at desc

-- name: loops_by_version
-- Open loops of each version of a measure.
select line, rulebook, measure, version, count(*) as loops
from loop
where opened_at <= %(at)s and (closes_at is null or closes_at > %(at)s)
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(measure)s::text is null or measure = %(measure)s)
group by 1, 2, 3, 4 order by loops desc, 1, 2, 3, 4
