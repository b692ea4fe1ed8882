-- name: columns
-- All tables of the schema with their columns; of a partitioned one the whole.
select c.relname, a.attname
from pg_class as c join pg_attribute as a on a.attrelid = c.oid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  and a.attnum > 0 and not a.attisdropped
