-- What the head of every page says, in one question. Divisions and adoptions are open to all; the shift is seen only
-- if the transaction's scope holds its jurisdiction.

-- name: header
select
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
