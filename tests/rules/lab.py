"""Made-up measures that use every part of the rule language; no law, only for the engines' agreement."""

SOURCE = 'source: {title: {en: "Made up", zh: "虚构"}, certainty: unspecified}'

WARD = f"""
measure: ward
title: {{en: "Ward", zh: "病房"}}
line: people
subject: person
versions:
  - version: 2022-01-01
    in_force: 2022-01-01
    {SOURCE}
    trigger: {{fact: case-determined}}
    day_zero: at
    closes_on:
      - {{fact: outcome, outcome: over}}
    stages:
      - stage: hospital
        title: {{en: "Hospital", zh: "医院"}}
        status: hospital
        clock: stage
        begins_on: {{fact: admitted}}
        ends_when:
          - negatives: {{times: 2, spacing: 24h, ct_at_least: 35}}
        outer_limit: 10d
      - stage: after
        title: {{en: "After", zh: "出院后"}}
        status: home-monitoring
        clock: stage
        days: 4
        ends_when: [samples-negative]
        outer_limit: 2d
    duties:
      - duty: isolate
        kind: isolate
        within: {{time: 6h, of: opening}}
        owner: {{party: employer, post: unit-epidemic-officer}}
      - duty: sample
        kind: sample
        stage: after
        clock: stage
        on_days: [2, 4]
        owner: {{party: individual, post: self}}
      - duty: round
        kind: follow-up
        stage: after
        clock: stage
        daily: true
        rounds: ["08:00", "20:00"]
        owner: {{party: individual, post: self}}
      - duty: see
        kind: visit
        stage: hospital
        within: {{time: 1d, of: stage-start}}
        owner: {{party: individual, post: self}}
  - version: 2022-03-10
    in_force: 2022-03-10
    {SOURCE}
    transition: new-loops-only
    trigger: {{fact: case-determined}}
    day_zero: at
    stages:
      - stage: home
        title: {{en: "Home", zh: "居家"}}
        status: home-isolation
        clock: stage
        days: 5
        ends_when:
          - negatives: {{times: 2, from_day: 3}}
        outer_limit: 2d
    duties:
      - duty: sample
        kind: sample
        stage: home
        clock: stage
        on_days: [3, 4]
        by: "10:00"
        owner: {{party: individual, post: self}}
"""

RING = f"""
measure: ring
title: {{en: "Ring", zh: "圈层"}}
line: people
subject: person
superseded_by: [ward]
versions:
  - version: 2022-01-01
    in_force: 2022-01-01
    {SOURCE}
    trigger: {{fact: contact-determined, where: {{ring: {{min: 1, max: 2}}}}}}
    per: [disease]
    day_zero: last_exposure
    closes_on:
      - {{fact: result, where: {{outcome: positive}}, outcome: became-case}}
      - {{fact: contact-withdrawn, outcome: withdrawn}}
      - {{fact: confirmed-status, where: {{confirmed: true}}, outcome: became-case, bars: true}}
    stages:
      - stage: first
        title: {{en: "First", zh: "第一"}}
        status: centralised-isolation
        days: 5
        clock: exposure
        begins_on: {{fact: admitted}}
        ends_when:
          - samples-negative
          - {{fact: linked-contact-result, where: {{outcome: negative}}}}
        instead:
          - {{fact: place-chosen, where: {{place: home}}, status: home-isolation}}
          - {{fact: place-chosen, where: {{place: centralised}}, status: centralised-isolation}}
      - stage: second
        title: {{en: "Second", zh: "第二"}}
        status: home-monitoring
        days: 4
        clock: exposure
        ends_when: [samples-negative]
        outer_limit: 1d
      - stage: third
        title: {{en: "Third", zh: "第三"}}
        status: self-monitoring
        days: 2
        clock: stage
    duties:
      - duty: found
        kind: sample
        on_opening: found-late
        owner: {{party: individual, post: self}}
      - duty: transfer
        kind: transfer
        within: {{time: 8h, of: opening}}
        owner: {{party: individual, post: self}}
      - duty: sample
        kind: sample
        stage: first
        clock: stage
        on_days: [1, 3, 5]
        owner: {{party: individual, post: self}}
      - duty: sample
        kind: sample
        stage: second
        clock: exposure
        on_days: [9]
        times: 2
        spacing: 24h
        owner: {{party: individual, post: self}}
      - duty: ask
        kind: follow-up
        stage: second
        clock: exposure
        daily: true
        owner: {{party: individual, post: self}}
      - duty: hand-over
        kind: hand-over
        stage: second
        within: {{time: 1d, of: stage-end}}
        owner: {{party: individual, post: self}}
  - version: 2022-03-08
    in_force: 2022-03-08
    issued: 2022-03-05
    {SOURCE}
    trigger: {{fact: contact-determined, where: {{ring: 1}}}}
    per: [disease]
    day_zero: last_exposure
    closes_on:
      - {{fact: result, where: {{outcome: positive}}, outcome: became-case}}
    stages:
      - stage: only
        title: {{en: "Only", zh: "唯一"}}
        status: home-isolation
        days: 6
        clock: exposure
        ends_when: [samples-negative]
    duties:
      - duty: found
        kind: sample
        on_opening: always
        owner: {{party: individual, post: self}}
      - duty: sample
        kind: sample
        stage: only
        clock: exposure
        on_days: [3, 6]
        owner: {{party: individual, post: self}}
  - version: 2022-03-20
    in_force: 2022-03-20
    repealed: true
    {SOURCE}
"""

POST = f"""
measure: post
title: {{en: "Post", zh: "岗位"}}
line: people
subject: person
versions:
  - version: 2022-01-01
    in_force: 2022-01-01
    {SOURCE}
    trigger: {{fact: post-held}}
    per: [post]
    day_zero: since
    closes_on:
      - {{fact: post-left, outcome: left}}
    duties:
      - duty: sample
        kind: sample
        every: 7d
        owner: {{party: employer, post: unit-epidemic-officer}}
  - version: 2022-03-09
    in_force: 2022-03-09
    {SOURCE}
    trigger: {{fact: post-held}}
    per: [post]
    day_zero: since
    closes_on:
      - {{fact: post-left, outcome: left}}
    duties:
      - duty: sample
        kind: sample
        every: 2d
        owner: {{party: employer, post: unit-epidemic-officer}}
"""

ARRIVAL = f"""
measure: arrival
title: {{en: "Arrival", zh: "来返"}}
line: people
subject: person
versions:
  - version: 2022-01-01
    in_force: 2022-01-01
    {SOURCE}
    trigger: {{fact: arrived, where: {{origin_risk: {{not: none}}}}}}
    day_zero: at
    limit: 6d
    closes_on:
      - {{fact: departed, outcome: departed}}
    duties:
      - duty: two-tests
        kind: sample
        within: {{time: 3d, of: opening}}
        times: 2
        spacing: 24h
        owner: {{party: territory, post: grid-worker, level: grid}}
      - duty: hand-over
        kind: hand-over
        within: {{time: 4h, of: visited}}
        owner: {{party: territory, post: grid-worker, level: grid}}
"""

EVERYTHING = {"ward": WARD, "ring": RING, "post": POST, "arrival": ARRIVAL}
