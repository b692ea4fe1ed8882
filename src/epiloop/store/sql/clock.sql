-- name: next_due
-- One subject whose hour has come; others' are skipped, so several clocks share the work and none does it twice.
select subject, next_at from deadline where next_at <= %(now)s order by next_at limit 1 for update skip locked

-- name: waiting
select count(*) from deadline where next_at <= %(now)s

-- name: set_next
update deadline set next_at = %(next_at)s where subject = %(subject)s and next_at = %(was)s

-- name: forget
delete from deadline where subject = %(subject)s and next_at = %(was)s

-- name: stale
select count(*) from computed where rulebooks <> %(digest)s

-- name: some_stale
select subject from computed where rulebooks <> %(digest)s order by subject limit %(limit)s
