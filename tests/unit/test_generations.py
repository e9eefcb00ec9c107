"""Generations: what is used stays, and neither number nor weight grows beyond the bounds."""

from __future__ import annotations

from portico.resolvers.generations import Generations


def test_what_is_asked_for_stays_and_the_rest_goes() -> None:
    cache: Generations[int, str] = Generations(10)
    cache.put(0, "kept")
    for number in range(1, 100):
        cache.put(number, "passing")
        assert cache.get(0) == "kept"
        assert len(cache) <= 10
    assert cache.get(1) is None


def test_nothing_is_there_at_first() -> None:
    assert Generations[str, int](2).get("a") is None


def test_a_value_is_replaced() -> None:
    cache: Generations[str, int] = Generations(4)
    cache.put("a", 1)
    cache.put("a", 2)
    assert cache.get("a") == 2


def test_the_smallest_cache_remembers_the_last() -> None:
    cache: Generations[int, int] = Generations(0)
    for number in range(5):
        cache.put(number, number)
        assert cache.get(number) == number
        assert len(cache) <= 2


def test_weights_are_bounded() -> None:
    cache: Generations[int, int] = Generations(1_000, 100)
    for number in range(50):
        cache.put(number, number, 20)
        assert len(cache) <= 5


def test_weights_are_bounded_though_everything_is_asked_for_again() -> None:
    cache: Generations[int, int] = Generations(1_000, 100)
    for number in range(50):
        cache.put(number, number, 20)
        for each in range(number):
            cache.get(each)
        assert len(cache) <= 5
