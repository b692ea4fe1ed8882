-- name: prepare
-- One city of 6 counties, each of 12 townships of 14 communities with 2 grids: 2,016 grids over which people are spread.
create temporary table grid as
select code, row_number() over (order by code) - 1 as n from (select
       4502000000000000 + county * 10000000000 + township * 10000000 + community * 10000 + grid * 100 as code
from generate_series(21, 26) county, generate_series(100, 111) township, generate_series(201, 214) community,
     generate_series(1, 2) grid) as every;
-- A third of the people are in one county, as in a city with an outbreak in one place.
create temporary table person_of as
select one as n, md5('person ' || one)::uuid as id, grid.code, one / 3 as household
from generate_series(0, %(people)s - 1) as one
join grid on grid.n = case when one %% 3 = 0 then 336 * 5 + one / 3 %% 336 else one %% 2016 end;
create unique index on person_of (n);
create temporary table loop_of as
select number as n, person_of.id, code, moment.opened_at, 'close-contact#' || (number %% 7) as key,
       date_trunc('day', opened_at, 'Asia/Shanghai') as day_zero,
       date_trunc('day', opened_at, 'Asia/Shanghai') + interval '15 days' as closes_at
from generate_series(0, %(loops)s - 1) as number
join person_of on person_of.n = number * %(spread)s + number * 7 / 3 %% %(spread)s
cross join lateral (select %(at)s::timestamptz - interval '30 days' * number / %(loops)s
                           - interval '1 minute' * (number * 7919::bigint %% 1440) as opened_at) as moment;
analyze person_of; analyze loop_of;

-- name: divisions
insert into division
select md5('division ' || code)::uuid, code, level, parent, name, '', pinyin, initials, false, '1949-10-01', null
from (
    select 4500000000000000 as code, 0 as level, null::bigint as parent, '某省' as name, 'mousheng' as pinyin, 'ms' as initials
    union all select 4502000000000000, 1, 4500000000000000, '某市', 'moushi', 'ms'
    union all
    select distinct code / 10000000000 * 10000000000, 2, 4502000000000000, '县' || code / 10000000000, 'xian', 'x' from grid
    union all
    select distinct code / 10000000 * 10000000, 3, code / 10000000000 * 10000000000, '镇' || code / 10000000, 'zhen', 'z' from grid
    union all
    select distinct code / 10000 * 10000, 4, code / 10000000 * 10000000, '社区' || code / 10000, 'shequ', 'sq' from grid
    union all
    select code, 5, code / 10000 * 10000, '网格' || code, 'wangge', 'wg' from grid
) as tree;

-- name: country
-- As many divisions as a country has, with names of two to four characters and an ending, only to be searched in.
with syllables as (
    select (string_to_array('wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo da xiao shang xia '
            'dong nan xi bei shan shui he hu tian di jin mu huo tu long feng an ping xin jiu', ' '))[1 + n] as sound,
           substr('王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗大小上下东南西北山水河湖田地金木火土龙凤安平新旧', 1 + n, 1) as sign, n
    from generate_series(0, 43) as n
)
insert into division
select md5('country ' || number)::uuid, 1100000000000000 + number::bigint * 10000,
       case when number %% 1000 = 0 then 2 when number %% 16 = 0 then 3 else 4 end, null,
       a.sign || b.sign || c.sign || ending, '', a.sound || b.sound || c.sound || kind.sound,
       left(a.sound, 1) || left(b.sound, 1) || left(c.sound, 1) || left(kind.sound, 1), false, '1949-10-01', null
from generate_series(1, %(divisions)s) as number
join syllables a on a.n = number * 7 %% 44
join syllables b on b.n = number / 44 %% 44
join syllables c on c.n = number / 13 %% 44
cross join lateral (select (array['村委会', '社区', '镇', '乡'])[1 + number %% 4] as ending,
                           (array['cunweihui', 'shequ', 'zhen', 'xiang'])[1 + number %% 4] as sound) as kind;

-- name: people
insert into person
select person_of.id, person_of.code, person_of.code, (array['female', 'male'])[1 + n %% 2], 1940 + n %% 80,
       (array['farmer', 'teacher', 'medical', 'driver', 'service', ''])[1 + n %% 6], md5('household ' || household)::uuid,
       md5('unit ' || n / 40)::uuid, n %% 50 <> 0, null, null, controlled.since, controlled.until
from person_of
left join (select id, min(opened_at) as since, max(closes_at) as until from loop_of group by id) as controlled using (id)
order by n

-- name: outside
insert into outside_id select 'list', 'P' || n, id, code from person_of where n %% 4 = 0

-- name: loops
insert into loop
select id, key, 'person', code, 'people', (array['close-contact', 'secondary-contact', 'arrival'])[1 + n %% 3], 'cn', '2022-06-28',
       day_zero::date, opened_at, closes_at, case when closes_at <= %(at)s then 'completed' else '' end
from loop_of order by n

-- name: duties
-- Of each loop 20 duties: a transfer within 8 h, 5 samples by 18:00, 14 follow-ups by midnight. Of what is past, one in 25 was not
-- done: follow-ups lapse a day later, the rest stays late until the loop closes.
insert into duty
select id, key, kind || '@' || duty.day, 'person', code, 'people',
       (array['close-contact', 'secondary-contact', 'arrival'])[1 + n %% 3], 'cn', '2022-06-28', 'duties.' || kind, kind, 'centralised',
       duty.day, due - interval '18 hours', due, 'territory', post, code / size * size, null, evidence, consequence,
       case when due > %(at)s or missed then 'open' else 'done' end,
       case when due <= %(at)s and not missed then due - interval '1 minute' * (n * 31 %% 600) end,
       '0001-01-02 00:00+00', case when (due > %(at)s or missed) then least(closes_at, case when lapses then due + interval '1 day' end) end
from loop_of
cross join lateral (
    select 'transfer' as kind, 0 as day, opened_at + interval '8 hours' as due, 'transfer-team' as post, 10000000000 as size,
           'admitted' as evidence, 95 as consequence, false as lapses
    union all
    select 'sample', day, day_zero + interval '1 day' * day + interval '18 hours', 'sampling-station', 10000000, 'sample-taken', 70, false
    from unnest(array[1, 2, 3, 5, 7]) as day
    union all
    select 'follow-up', day, day_zero + interval '1 day' * (day + 1), 'community-health-worker', 10000, 'follow-up', 40, true
    from generate_series(1, 14) as day
) as duty
cross join lateral (select (n * 13 + duty.day * 7) %% 25 = 0 as missed) as fate
order by n

-- name: stages
insert into stage
select id, loop_of.key, stage.key, stage.status, code, day_zero + first, day_zero + last, day_zero + last + interval '7 days',
       (day_zero + first)::date, (day_zero + last)::date, 'exposure', '2022-06-28', 'stages.' || stage.key, '{}', '0001-01-02 00:00+00', null
from loop_of cross join (values ('centralised', 'centralised-isolation', interval '0 days', interval '7 days'),
                                ('home', 'home-monitoring', interval '7 days', interval '15 days')) as stage (key, status, first, last)
order by n

-- name: statuses
insert into status_span
select id, loop_of.key, stage.status, strictness, code, greatest(opened_at, day_zero + first), day_zero + last, 'cn', 'close-contact', '2022-06-28',
       'stages.' || stage.key, 'as planned'
from loop_of cross join (values ('centralised', 'centralised-isolation', 60, interval '0 days', interval '7 days'),
                                ('home', 'home-monitoring', 30, interval '7 days', interval '15 days'))
     as stage (key, status, strictness, first, last)
order by n
on conflict do nothing

-- name: escalations
insert into escalation
select subject, loop, key, level, due + interval '1 hour' * (1 + 4 * level), 'territory',
       case level when 2 then 'headquarters-duty-officer' else 'township-duty-officer' end,
       case level when 2 then jurisdiction / 10000000000 * 10000000000 else jurisdiction / 10000000 * 10000000 end,
       case level when 0 then 'worker' else '' end, jurisdiction
from duty cross join generate_series(0, 2) as level
where state = 'open' and due + interval '1 hour' * (1 + 4 * level) < least(%(at)s, valid_until)
  and (level > 0 or day %% 2 = 0)

-- name: cases
insert into case_record
select id, 'covid-19', 1, 'confirmed', code, (opened_at - interval '3 days')::date, opened_at, 'contact', '', null, null, '', '{}', null
from (select distinct on (id) * from loop_of where n %% 50 = 0) as loop_of;
insert into contact_link (contact, source, link, disease, ring, jurisdiction, last_exposure, determined_at, withdrawn_at,
                          relation, setting, sealed)
select loop_of.id, source.id, 'link ' || loop_of.n, 'covid-19', 1, loop_of.code, loop_of.day_zero::date, loop_of.opened_at, null, 'colleague',
       'work', null
from loop_of join loop_of as source on source.n = loop_of.n / 50 * 50 and source.id <> loop_of.id

-- name: evidence
insert into sample
select subject, loop || key, 'single', jurisdiction, done_at, 'negative', done_at + interval '6 hours', null
from duty where kind = 'sample' and state = 'done' on conflict do nothing;
insert into follow_up select subject, done_at, jurisdiction, false from duty where kind = 'follow-up' and state = 'done'
on conflict do nothing

-- name: rosters
insert into unit select md5('desk ' || code)::uuid, 'office', '办公室', 'Office', code
from (select distinct code / size * size as code from grid cross join (values (10000), (10000000), (10000000000)) as s (size)) as every;
insert into post
select md5(kind || every.code)::uuid, kind, level, every.code, md5('desk ' || every.code)::uuid, ''
from (values ('community-health-worker', 'community', 10000), ('sampling-station', 'township', 10000000),
             ('township-duty-officer', 'township', 10000000), ('transfer-team', 'county', 10000000000),
             ('headquarters-duty-officer', 'county', 10000000000)) as kinds (kind, level, size)
cross join lateral (select distinct grid.code / size * size as code from grid) as every;
-- Two shifts a day. One post in twenty has nobody.
insert into shift
select post.id, starts, starts + interval '12 hours', md5(post.id::text || part)::uuid::text, '10900000001', '', post.jurisdiction, post.unit
from post cross join generate_series(-6, 6) as part
cross join lateral (select date_trunc('day', %(at)s::timestamptz, 'Asia/Shanghai') + interval '8 hours' + interval '12 hours' * part as starts) as s
where abs(hashtext(post.id::text)) %% 20 <> 0
