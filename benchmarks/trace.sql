-- name: visits
-- The plain list: what a system without sealed check-ins would keep. Both indexes are used: whose, and where and when.
create table visits (person bigint, place bigint, entered bigint, left_at bigint, kind smallint);
-- name: indexes
create index visits_place on visits (place, entered);
create index visits_person on visits (person);
-- name: asked
create temporary table cases (source bigint, person bigint, since bigint, until bigint);
create temporary table terms (kind smallint, minimum bigint, lag bigint, lag_minimum bigint, weight bigint,
                              lag_weight bigint, longest bigint);
-- name: trace
-- Nobody here is in two places at once, so a sum of overlaps is the time shared; the lag of a stay ends where the case
-- comes back.
with mine as (
  select c.source, c.person, v.place, v.kind, greatest(v.entered, c.since) as entered, least(v.left_at, c.until) as left_at
  from cases c join visits v on v.person = c.person and v.entered < c.until and v.left_at > c.since
), stays as (
  select m.*, t.longest, least(m.left_at + t.lag, coalesce(lead(m.entered) over again, 1000000000000)) as gone
  from mine m join terms t on t.kind = m.kind
  window again as (partition by m.source, m.place order by m.entered)
), met as (
  select s.source, s.place, s.kind, v.person,
         sum(greatest(0, least(v.left_at, s.left_at) - greatest(v.entered, s.entered))) as together,
         sum(greatest(0, least(v.left_at, s.gone) - greatest(v.entered, s.left_at))) as after
  from stays s
  join visits v on v.place = s.place and v.entered < s.gone and v.entered > s.entered - s.longest
               and v.left_at > s.entered and v.person <> s.person
  group by s.source, s.place, s.kind, v.person
)
select m.source, m.person, sum(m.together) as together, sum(m.after) as after
from met m join terms t on t.kind = m.kind
where m.together >= t.minimum or m.after >= t.lag_minimum
group by m.source, m.person
having sum(t.weight * m.together + t.lag_weight * m.after) >= {threshold}
