-- name: recorded
-- Visits recorded at some places in some hours, by zone, whatever way they were entered.
select place, zone, hour, sum(n)::integer as n
from checkin_counted
where place = any(%(places)s) and hour = any(%(hours)s)
group by place, zone, hour

-- name: began
-- Since when each zone records at all.
select place, zone, min(hour) as hour
from checkin_counted
where place = any(%(places)s)
group by place, zone

-- name: counted
-- What was counted at the doors of some places in a stretch of time.
select * from door_count where place = any(%(places)s) and until > %(since)s and since < %(until)s

-- name: lively
-- The places of an area with hours in which enough came, or where somebody counted, for anything to be said of them.
select place.* from place
where place.id in (
        select place from checkin_counted
        where hour = any(%(before)s) and jurisdiction >= %(low)s and jurisdiction < %(high)s
        group by place, zone, hour having sum(n) >= %(fewest)s
        union
        select place from door_count
        where until > %(since)s and since < %(until)s and jurisdiction >= %(low)s and jurisdiction < %(high)s)
  and (%(ranges)s::int8multirange is null or place.jurisdiction <@ %(ranges)s::int8multirange)
  and (place.closed_at is null or place.closed_at > %(at)s)
  and (place.sensitivity <> 'sensitive' or place.jurisdiction <@ %(keeper)s::int8multirange)
order by place.jurisdiction, place.kind, place.id
limit %(limit)s
