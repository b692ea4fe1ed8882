-- name: streams_after
-- Streams of a kind inside a slice of the id space, in id order.
select id, kind, version, hash from stream
where kind = any(%(kinds)s) and id > %(after)s and id <= %(until)s
order by id limit %(limit)s

-- name: kinds
select kind, count(*) from stream group by kind

-- name: secondary_indexes
select c.relname, pg_get_indexdef(i.indexrelid)
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_class t on t.oid = i.indrelid
where t.relname = any(%(tables)s) and not i.indisunique and t.relnamespace = 'public'::regnamespace
order by c.relname

-- name: tally_all
insert into tally (community, line, measure, metric, hour, n)
select community, line, measure, metric, hour, count(*) from counted group by 1, 2, 3, 4, 5

-- name: tally_differs
-- Counts as kept against counts as they are.
select count(*)
from (
    select community, line, measure, metric, hour, sum(n) as n
    from (select * from tally union all select * from tally_delta) as kept
    group by 1, 2, 3, 4, 5 having sum(n) <> 0
) as kept
full join (
    select community, line, measure, metric, hour, count(*) as n from counted group by 1, 2, 3, 4, 5
) as real using (community, line, measure, metric, hour)
where kept.n is distinct from real.n

-- name: loose_events
-- Events whose act or stream is unknown.
select count(*) from event
where not exists (select from act where act.id = event.act) or not exists (select from stream where stream.id = event.stream)
