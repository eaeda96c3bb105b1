"""A team's problems, weighed: how often, how badly, and beside the rest of the centre. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from warehouse.pack.settings import PackSettings


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong in a team's recent calls: calls with it, among those in which it could be found.

    `others_` counts the rest of the centre, `before_` the team's own nights before. `met_team_count` of
    `team_count` known teams met it.
    """

    kind: str
    problem_id: str
    name: str
    severity: str | None
    base: str
    call_count: int
    base_count: int
    agent_count: int = 0
    others_call_count: int = 0
    others_base_count: int = 0
    before_call_count: int = 0
    before_base_count: int = 0
    met_team_count: int = 0
    team_count: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.problem_id

    @property
    def per_100_calls(self) -> float:
        """0..100."""
        return 100.0 * self.call_count / self.base_count if self.base_count else 0.0

    @property
    def others_per_100_calls(self) -> float | None:
        """The same of the rest of the centre; None when there is no rest."""
        return 100.0 * self.others_call_count / self.others_base_count if self.others_base_count else None

    @property
    def before_per_100_calls(self) -> float | None:
        """The team's own rate before; None without calls."""
        return 100.0 * self.before_call_count / self.before_base_count if self.before_base_count else None

    @property
    def ratio(self) -> float | None:
        """How many times as often as the rest; None when the rest never meets it."""
        others = self.others_per_100_calls
        return self.per_100_calls / others if others else None


def is_common(problem: Problem, settings: PackSettings) -> bool:
    """Return whether most teams meet it, and this one hardly more often: as in the mart `team_problem`."""
    return (
        problem.met_team_count > 1
        and problem.met_team_count >= settings.common_share * problem.team_count
        and problem.ratio is not None
        and problem.ratio < settings.common_ratio
    )


def weight_of(problem: Problem, settings: PackSettings) -> float:
    """Return >= 0: badness times the root of how often times how much more often than the rest.

    The root keeps a step that half of all calls lack from drowning a phrase that one call in twenty has. A
    rest of few calls says little: `prior_calls` more are taken to be like the team's own.
    """
    badness = settings.kind_weights.get(problem.kind, 0.0)
    if problem.severity is not None:
        badness *= settings.severity_weights.get(problem.severity, 1.0)
    return badness * math.sqrt(problem.per_100_calls) * _lift(problem, settings)


def _lift(problem: Problem, settings: PackSettings) -> float:
    """Return how many times as often as the rest the team meets it, from 1 / limit to the limit."""
    rate = problem.per_100_calls / 100.0
    prior = settings.prior_calls
    others = (problem.others_call_count + prior * rate) / (problem.others_base_count + prior)
    if not others:
        return 1.0
    return min(settings.lift_limit, max(1.0 / settings.lift_limit, rate / others))


def ranked(problems: Iterable[Problem], settings: PackSettings) -> tuple[Problem, ...]:
    """Return the problems that the team has, the weightiest first."""
    met = [problem for problem in problems if problem.call_count and weight_of(problem, settings)]
    return tuple(sorted(met, key=lambda each: (-weight_of(each, settings), each.kind, each.problem_id)))
