-- Cases that are still open, the latest first, with a positive sample each.
select c.person, s.sample, s.taken_at
from case_record c
join lateral (
    select sample, coalesce(taken_at, result_at) as taken_at from sample
    where subject = c.person and outcome = 'positive' order by taken_at limit 1
) s on true
where c.outcome = 'open' and c.discarded_at is null and c.classification in ('confirmed', 'asymptomatic')
order by c.determined_at desc, c.person
limit 40
