-- What pages ask across row security: functions that state for themselves what the scope allows.

create function scope() returns int8multirange language sql stable parallel safe
begin atomic
    select nullif(current_setting('epiloop.scope', true), '')::int8multirange;
end;

-- All numbers inside a jurisdiction, itself included: its zeros at the right are free.
create function inside(code bigint) returns int8range language sql immutable parallel safe
begin atomic
    select int8range(code, code + case
        when code % 100000000000000 = 0 then 100000000000000
        when code % 1000000000000 = 0 then 1000000000000
        when code % 10000000000 = 0 then 10000000000
        when code % 10000000 = 0 then 10000000
        when code % 10000 = 0 then 10000
        when code % 100 = 0 then 100
        else 1
    end);
end;

-- Who answers at an instant for each owner asked about (numbered from 1): somebody on shift at the post with a phone; a
-- substitute stands in for whom they replace; else the nearest duty officer upwards (`own` false); no row if there is none.
-- A worker sees the duty officers above: an owner may be asked about by whoever sees some of its jurisdiction.
create function owners_on_duty(asked_at timestamptz, posts text[], codes bigint[], units uuid[])
    returns table (n bigint, own boolean, post uuid, kind text, code bigint, account text, phone text, substitute_for text,
                   until timestamptz)
    language sql stable security definer set search_path = public, pg_temp
begin atomic
    select asked.n, found.*
    from unnest(posts, codes, units) with ordinality as asked (post, code, unit, n)
    cross join lateral (
        select candidate.nearness = 0, candidate.id, candidate.kind, candidate.jurisdiction, shift.account,
               coalesce(nullif(shift.phone, ''), candidate.phone), shift.substitute_for, shift.ends
        from (
            select 0 as nearness, post.* from post
            where asked.unit is null and post.kind = asked.post and post.jurisdiction = asked.code
            union all
            select 0, post.* from post where post.unit = asked.unit and post.kind = asked.post
            union all
            select above.nearness, post.*
            from (values (1, 'township-duty-officer', 10000000), (2, 'headquarters-duty-officer', 10000000000),
                         (3, 'headquarters-duty-officer', 1000000000000), (4, 'headquarters-duty-officer', 100000000000000)
            ) as above (nearness, kind, size)
            join post on post.kind = above.kind and post.jurisdiction = asked.code / above.size * above.size
        ) as candidate
        join shift on shift.post = candidate.id and shift.starts <= asked_at and asked_at < shift.ends
        where coalesce(nullif(shift.phone, ''), candidate.phone) <> ''
          and not exists (select from shift as other
                          where other.post = candidate.id and other.substitute_for = shift.account
                            and other.starts <= asked_at and asked_at < other.ends)
        order by candidate.nearness, shift.substitute_for <> '', shift.starts, shift.account
        limit 1
    ) as found
    where int8multirange(inside(asked.code)) && (select scope());
end;

alter function owners_on_duty owner to epiloop_engine;
revoke execute on function owners_on_duty from public;
grant execute on function owners_on_duty to epiloop_app;
