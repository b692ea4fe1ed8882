-- name: latest
select max(day) from published

-- name: keep
insert into published (day, line, published_at) values (%(day)s, %(line)s, %(at)s) on conflict (day) do nothing

-- name: lines
select line from published where day < %(before)s order by day desc limit %(limit)s

-- name: head
select entries, encode(hash, 'hex'), encode(key, 'hex'), encode(signature, 'hex') from vault_head where day = %(day)s

-- name: ledger_end
select number, encode(hash, 'hex') from seal where sealed_at < %(until)s order by number desc limit 1

-- name: restricted
-- How many people a status restricted at an instant, by the strictest of each.
select status, count(*) from (
    select distinct on (subject) subject, status from status_span
    where starts < %(at)s and ends >= %(at)s and strictness > 0
    order by subject, strictness desc
) as strictest group by status order by status

-- name: newly
-- How many people were free when a restriction began for them within the day.
select count(distinct subject) from status_span as began
where starts >= %(since)s and starts < %(until)s and strictness > 0
  and not exists (select from status_span as before
                  where before.subject = began.subject and before.strictness > 0
                    and before.starts < began.starts and before.ends >= began.starts)
