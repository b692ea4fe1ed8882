-- name: codes
select distinct code from division
