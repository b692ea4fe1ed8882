-- name: read_only
set transaction isolation level repeatable read read only

-- name: narrow
-- Plans are made for the values asked about: a township and a province need different ones. Compiling costs more than it saves.
select set_config('epiloop.scope', %(scope)s, true), set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('jit', 'off', true)

-- name: begin
begin isolation level repeatable read read only

-- name: end
-- Of a transaction that only read.
rollback
