-- Some people of the register whom nothing restricts, always the same ones.
select id from person where merged_into is null and controlled_until is null and jurisdiction > 0 order by id limit 2000
