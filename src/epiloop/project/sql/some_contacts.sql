-- A few close contacts that stand and were known at an instant, always the same ones.
select distinct contact from contact_link
where ring = 1 and withdrawn_at is null and determined_at < %(before)s and last_exposure is not null
order by contact limit 5
