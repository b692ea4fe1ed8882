-- Places where people who do not know each other meet, with one of their zones each; as the demonstration draws them.
select p.id, p.kind, p.jurisdiction, coalesce(z.zone, ''), coalesce(z.kind, '')
from place p
left join lateral (select zone, kind from zone where place = p.id order by zone limit 1) z on true
where p.kind = any (%(kinds)s) and p.closed_at is null
order by p.id
limit 200
