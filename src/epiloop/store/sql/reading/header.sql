-- What the head of every page says, in one question. Divisions and adoptions are open to all; the shift is seen only
-- if the transaction's scope holds its jurisdiction.

-- name: header
select
    coalesce((
        select json_agg(json_build_array(d.code, d.name_en, d.name_zh) order by d.level)
        from division d
        where d.code = any (%(path)s) and d.valid_from <= %(day)s and (d.valid_until is null or %(day)s < d.valid_until)
    ), '[]') as path,
    (
        select json_build_array(p.kind, s.account, s.phone)
        from post p join shift s on s.post = p.id
        where p.kind = any (%(officers)s) and p.jurisdiction = any (%(path)s) and s.starts <= %(at)s and %(at)s < s.ends
        order by p.jurisdiction desc, s.starts desc
        limit 1
    ) as on_duty,
    (
        select json_build_array(a.rulebook, a.adopted_at)
        from adoption a
        where a.adopted_at <= %(at)s and a.jurisdiction = any (%(path)s || 0::bigint)
        order by a.jurisdiction desc, a.adopted_at desc
        limit 1
    ) as rules

-- name: names
select d.code, d.name_en, d.name_zh
from division d
where d.code = any (%(codes)s) and d.valid_from <= %(day)s and (d.valid_until is null or %(day)s < d.valid_until)

-- name: inside
select d.code, d.name_en, d.name_zh
from division d
where d.parent = %(code)s and d.valid_from <= %(day)s and (d.valid_until is null or %(day)s < d.valid_until)
    and not d.placeholder
order by d.code
limit 200
