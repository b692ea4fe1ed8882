-- name: list
-- Who did what for which purpose, the latest first: one line per act and jurisdiction it touched.
select act, at, actor, purpose, jurisdiction, subjects, events
from audit
where at >= %(since)s and at < %(until)s
  and jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(actor)s::text is null or actor = %(actor)s)
  and (%(purpose)s::text is null or purpose = %(purpose)s)
  and (%(after_at)s::timestamptz is null
       or (at, act) <= (%(after_at)s, %(after_act)s::uuid)
      and (at, act, jurisdiction) < (%(after_at)s, %(after_act)s::uuid, %(after_jurisdiction)s::bigint))
order by at desc, act desc, jurisdiction desc
limit %(limit)s
