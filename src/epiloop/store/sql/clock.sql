-- name: next_due
-- One subject whose hour has come; others' are skipped, so several clocks share the work and none does it twice. Its head
-- is locked, as acts do it: who locked the deadline first would wait for an act that waits for the deadline.
select deadline.subject, deadline.next_at
from deadline join stream on stream.id = deadline.subject
where deadline.next_at <= %(now)s
order by deadline.next_at limit 1 for update of stream skip locked

-- name: waiting
select count(*) from deadline where next_at <= %(now)s

-- name: set_next
update deadline set next_at = %(next_at)s where subject = %(subject)s and next_at = %(was)s

-- name: forget
delete from deadline where subject = %(subject)s and next_at = %(was)s

-- name: stale
select count(*) from computed where rulebooks <> %(digest)s

-- name: some_stale
select subject, rulebooks from computed
where subject > %(after)s and subject <= %(until)s and rulebooks <> %(digest)s
order by subject limit %(limit)s
