-- name: lines
select * from clears_by_area(%(low)s, %(high)s, %(size)s, %(at)s, %(day_end)s, %(posts)s::text[], %(codes)s::bigint[],
                             %(units)s::uuid[])
order by code

-- name: gaps
select * from people_not_clear(%(low)s, %(high)s, %(ranges)s::int8multirange, %(after_jurisdiction)s::bigint,
                               %(after_id)s::uuid, %(clear)s, %(at)s, %(day_end)s, %(posts)s::text[], %(codes)s::bigint[],
                               %(units)s::uuid[], %(limit)s)
order by jurisdiction, id
