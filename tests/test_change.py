"""Whether a change is chance: against SciPy, and where nothing has changed."""

import random

import numpy as np
import pytest

from search_api.trends.change import FALSE_DISCOVERIES, Tally, p_value, q_values, ratio

stats = pytest.importorskip("scipy.stats")


def doubled(tally):
    """Fisher's exact test by SciPy, the smaller tail doubled."""
    table = [
        [tally.recent, tally.recent_papers - tally.recent],
        [tally.before, tally.before_papers - tally.before],
    ]
    tails = [stats.fisher_exact(table, side).pvalue for side in ("less", "greater")]
    return min(1.0, 2 * min(tails))


def random_tallies(number, seed=0):
    drawn = random.Random(seed)
    for _ in range(number):
        recent, before = drawn.randint(1, 60), drawn.randint(1, 400)
        yield Tally(drawn.randint(0, recent), recent, drawn.randint(0, before), before)


def test_one_group_is_fishers_exact_test():
    for tally in random_tallies(200):
        assert p_value([tally]) == pytest.approx(doubled(tally), rel=1e-6)


def test_groups_are_compared_each_with_itself():
    # Each group is as before; together they only look changed, since their sizes did.
    groups = [Tally(90, 100, 9, 10), Tally(1, 10, 10, 100)]
    mixed = Tally(91, 110, 19, 110)
    assert p_value(groups) > 0.5
    assert p_value([mixed]) < 1e-10
    assert ratio(groups) == pytest.approx(1, abs=0.1)


def test_exact_groups_agree_with_the_usual_approximation():
    groups = [Tally(45, 200, 140, 800), Tally(35, 150, 95, 500)]
    a, e, v = 0.0, 0.0, 0.0
    for each in groups:
        carry = each.recent + each.before
        a += each.recent
        e += carry * each.recent_papers / each.papers
        v += stats.hypergeom(each.papers, carry, each.recent_papers).var()
    assert p_value(groups) == pytest.approx(
        2 * stats.norm.sf((abs(a - e) - 0.5) / np.sqrt(v)), rel=0.1
    )


def test_groups_with_one_side_say_nothing():
    assert p_value([]) == 1
    assert q_values([[], [Tally(0, 5, 0, 5)]]) == [1, 1]


def test_false_discoveries_are_reckoned_as_scipy_does():
    tallies = [[tally] for tally in random_tallies(300, seed=1)]
    # With so many papers none of these is too rare to pass, so nothing is left out.
    tallies = [each for each in tallies if 5 < each[0].recent + each[0].before < 20]
    tallies = [each for each in tallies if each[0].recent_papers > 20]
    assert len(tallies) > 5
    expected = stats.false_discovery_control([p_value(each) for each in tallies])
    assert q_values(tallies) == pytest.approx(list(expected))


def test_names_too_rare_to_pass_do_not_raise_the_bar():
    found = [Tally(8, 20, 2, 100)]
    rare = [[Tally(1, 20, 0, 100)]] * 1000
    assert q_values([found])[0] == q_values([found, *rare])[0] < FALSE_DISCOVERIES
    assert q_values([found, *rare])[1:] == [1.0] * 1000


def test_small_numbers_make_no_large_ratio():
    assert ratio([Tally(1, 10, 0, 90)]) < ratio([Tally(10, 100, 0, 900)])
    assert ratio([Tally(0, 10, 0, 90)]) == 1


def test_chance_is_not_told():
    """Where new papers are like old ones, a change is told of in at most about one run in 20."""
    drawn = np.random.default_rng(0)
    told = 0
    for _ in range(200):
        common = drawn.uniform(0.01, 0.5, size=60)
        new, old = drawn.binomial(30, common), drawn.binomial(200, common)
        tallies = [[Tally(int(a), 30, int(b), 200)] for a, b in zip(new, old, strict=True)]
        told += min(q_values(tallies)) <= FALSE_DISCOVERIES
    assert told <= 15
