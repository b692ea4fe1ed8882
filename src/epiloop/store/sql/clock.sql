-- name: next_due
-- One subject whose hour has come; others' are skipped, so several clocks share the work and none does it twice. Its head
-- is locked, as acts do it: who locked the deadline first would wait for an act that waits for the deadline.
select deadline.subject, deadline.next_at
from deadline join stream on stream.id = deadline.subject
where deadline.next_at <= %(now)s
  and not exists (
      select from set_aside
      where set_aside.subject = deadline.subject and set_aside.retry_at > %(now)s and set_aside.version = stream.version
  )
order by deadline.next_at limit 1 for update of stream skip locked

-- name: waiting
select count(*) from deadline where next_at <= %(now)s

-- name: set_aside
-- Each further time it waits twice as long, between the shortest and the longest distance.
insert into set_aside (subject, version, since, last_at, retry_at, tries, problem)
select id, version, %(now)s, %(now)s, %(now)s::timestamptz + %(shortest)s, 1, %(problem)s from stream where id = %(subject)s
on conflict (subject) do update set
    version = excluded.version, last_at = excluded.last_at, tries = set_aside.tries + 1, problem = excluded.problem,
    retry_at = excluded.last_at + least(%(longest)s, %(shortest)s * 2 ^ least(set_aside.tries, 30))
returning tries, retry_at

-- name: taken_up
delete from set_aside where subject = %(subject)s

-- name: all_set_aside
-- With those that nothing waits for any more left out.
select subject, since, last_at, retry_at, tries, problem
from set_aside join deadline using (subject)
order by since, subject

-- name: forget_set_aside
delete from set_aside where not exists (select from deadline where deadline.subject = set_aside.subject)

-- name: set_next
update deadline set next_at = %(next_at)s where subject = %(subject)s and next_at = %(was)s

-- name: forget
delete from deadline where subject = %(subject)s and next_at = %(was)s

-- name: stale
select count(*) from computed where rulebooks <> %(digest)s
