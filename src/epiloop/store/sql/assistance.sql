-- name: peers
select * from peer order by dropped, name, id

-- name: peer
select * from peer where id = %(id)s

-- name: waiting
-- Messages to peers without an address wait for somebody to carry them.
select assistance.id, assistance.peer, coalesce(peer.address, '') as address, assistance.waiting
from assistance
left join peer on peer.id = assistance.peer
left join assistance_try on assistance_try.request = assistance.id
where assistance.waiting <> '{}' and coalesce(assistance_try.retry_at, '-infinity') <= %(now)s
  and (assistance.peer is null or (peer.address <> '' and not peer.dropped))
order by assistance.made_at
limit %(limit)s

-- name: put_off
insert into assistance_try (request, tries, retry_at, problem)
values (%(request)s, 1, %(now)s::timestamptz + interval '1 minute', %(problem)s)
on conflict (request) do update set
    tries = assistance_try.tries + 1, problem = excluded.problem,
    retry_at = %(now)s::timestamptz + least(interval '1 hour', interval '1 minute' * 2 ^ least(assistance_try.tries, 30))

-- name: taken_up
delete from assistance_try where request = %(request)s

-- name: problems
select request, tries, retry_at, problem from assistance_try
