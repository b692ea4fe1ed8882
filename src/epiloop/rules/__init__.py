"""Measures + facts + context + instant -> loops, duties, status spans, and why.

The rooms, in the order in which one thing leads to another:

- `facts`, `plan`: what the rules are told and what they answer; `vocabulary`: the words a rulebook may use.
- `text`, `words`, `loader`, `build`, `source`: YAML files -> a checked `model.Rulebook`, mistakes with file and line.
- `regimes`: which version holds when, here, as far as known; `stream`: the facts in order, matched.
- `layout`: duties on the calendar; `evidence`: what fulfils them ("second sample at least 24 h after the first");
  `course`: the stages of one loop under one version; `trace`: a loop through its regimes; `rows`: the plan's rows.
- `engine`: `evaluate` and `status_at`; `reference`: the same, slow and obvious, for the tests.
- `explain`: why; `planning`, `given`, `spec`: plans and cases from NAME=VALUE; `lint`, `diff`: rulebooks compared.
"""
