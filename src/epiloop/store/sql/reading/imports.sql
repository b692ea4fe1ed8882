-- name: list
-- Imports of an area, the latest first.
select id, started_at, finished_at, account, jurisdiction, what, total, result,
       rejects is not null and rejects_expire_at > %(now)s as mendable, rejects_expire_at
from import_run
where jurisdiction >= %(low)s and jurisdiction < %(high)s
  and (%(ranges)s::int8multirange is null or jurisdiction <@ %(ranges)s::int8multirange)
  and (%(after_started)s::timestamptz is null or (started_at, id) < (%(after_started)s, %(after_id)s::uuid))
order by started_at desc, id desc
limit %(limit)s
