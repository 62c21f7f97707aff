"""An endpoint that fails is left alone, and found again."""

from __future__ import annotations

from inference.endpoints.breaker import Breaker


class Time:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def opened(now: Time) -> Breaker:
    breaker = Breaker(failures=5, rest=5.0, now=now)
    for _ in range(5):
        breaker.failed(breaker.begin())
    return breaker


def test_it_opens_after_five_failures_in_a_row_and_not_before() -> None:
    breaker = Breaker(failures=5, rest=5.0, now=Time())
    for _ in range(4):
        breaker.failed(breaker.begin())
    assert (breaker.state, breaker.lets_through, breaker.failures) == ("closed", True, 4)
    breaker.failed(breaker.begin())
    assert (breaker.state, breaker.lets_through) == ("open", False)


def test_an_answer_in_between_begins_the_count_anew() -> None:
    breaker = Breaker(failures=2, now=Time())
    for _ in range(10):
        breaker.failed(breaker.begin())
        breaker.succeeded(breaker.begin())
    assert breaker.state == "closed"


def test_after_its_rest_one_question_goes_through_and_no_second() -> None:
    now = Time()
    breaker = opened(now)
    now.at += 4.9
    assert not breaker.lets_through
    now.at += 0.2
    assert (breaker.state, breaker.lets_through) == ("half_open", True)
    assert breaker.begin()
    assert not breaker.lets_through


def test_the_question_on_trial_closes_it_or_opens_it_for_another_rest() -> None:
    now = Time()
    breaker = opened(now)
    now.at += 5.0
    breaker.failed(breaker.begin())
    assert breaker.state == "open"
    now.at += 5.0
    breaker.succeeded(breaker.begin())
    assert (breaker.state, breaker.failures) == ("closed", 0)


def test_a_question_on_trial_that_was_given_up_leaves_room_for_another() -> None:
    now = Time()
    breaker = opened(now)
    now.at += 5.0
    breaker.left(breaker.begin())
    assert breaker.lets_through


def test_late_failures_of_questions_from_before_do_not_prolong_its_rest() -> None:
    now = Time()
    breaker = Breaker(failures=2, rest=5.0, now=now)
    old = [breaker.begin() for _ in range(4)]
    breaker.failed(old[0])
    breaker.failed(old[1])
    now.at += 4.0
    breaker.failed(old[2])
    breaker.failed(old[3])
    now.at += 1.0
    assert breaker.state == "half_open"
