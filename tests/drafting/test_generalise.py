from tfmigrate.drafting.generalise import Link, rules_for
from tfmigrate.mapping.patterns import compile_pattern


def _links(*pairs):
    return [Link(source, (target,)) for source, target in pairs]


def _texts(rules):
    return [(r.source, *r.targets, len(r.links)) for r in rules]


def test_many_pairs_of_one_pattern_are_one_rule():
    links = _links(*((f"net/conv{i}/weights", f"conv{i}/kernel") for i in (1, 2, 10)))
    assert _texts(rules_for(links, [x.source for x in links])) == [
        ("net/{a}/weights", "{a}/kernel", 3)
    ]


def test_numbers_are_captured_where_words_change():
    links = _links(*((f"unit_{i}/w{j}", f"block{i}/k{j}") for i in (1, 2) for j in (3, 4)))
    assert _texts(rules_for(links, [x.source for x in links])) == [
        ("unit_{a}/w{b}", "block{a}/k{b}", 4)
    ]


def test_a_rule_that_would_take_something_else_too_is_not_proposed():
    links = _links(*((f"a{i}/w", f"b{i}/kernel") for i in (1, 2)))
    rules = rules_for(links, [*(x.source for x in links), "a3/w"])
    assert _texts(rules) == [("a1/w", "b1/kernel", 1), ("a2/w", "b2/kernel", 1)]


def test_counters_that_differ_are_written_out():
    links = _links(("dense_4/w", "dense/kernel"), ("dense_5/w", "dense_1/kernel"))
    assert [len(r.links) for r in rules_for(links, [x.source for x in links])] == [1, 1]


def test_an_h5_name_that_repeats_its_group_is_captured_once():
    links = _links(*((f"{n}/{n}/kernel:0", f"{n}/kernel") for n in ("zeta", "mid")))
    assert _texts(rules_for(links, [x.source for x in links])) == [
        ("{a}/{a}/kernel:0", "{a}/kernel", 2)
    ]


def test_every_link_is_covered_exactly_once_and_filled_right():
    links = _links(
        *((f"u{i}/c{j}/weights", f"b{i}/c{j}/kernel") for i in range(3) for j in range(2)),
        ("logits/weights", "head/kernel"),
    )
    rules = rules_for(links, [x.source for x in links])
    covered = [link for rule in rules for link in rule.links]
    assert sorted(covered, key=lambda x: x.source) == sorted(links, key=lambda x: x.source)
    for rule in rules:
        for link in rule.links:
            binding = compile_pattern(rule.source).match(link.source)
            assert tuple(compile_pattern(t).fill(binding) for t in rule.targets) == link.targets


def test_other_ops_are_another_rule():
    turned = ({"transpose": {"perm": [1, 0]}},)
    links = [Link("a/w", ("a/k",)), Link("b/w", ("b/k",), turned), Link("c/w", ("c/k",))]
    rules = rules_for(links, ["a/w", "b/w", "c/w"])
    assert sorted((len(r.links), r.ops) for r in rules) == [(1, ()), (1, ()), (1, turned)]


def test_a_dollar_is_doubled_as_the_language_wants_it():
    (rule,) = rules_for(_links(("a$b/w", "k")), ["a$b/w"])
    assert rule.as_data() == {"from": "a$$b/w", "to": "k"}
