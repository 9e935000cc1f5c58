"""The settings of the stage evaluate."""

from nottingham.settings import Seed, Settings


class EvaluationSettings(Settings):
    """The evaluation."""

    seed: Seed
    """Seeds the free continuations of ``rollout_accuracy``, and the draws after all intervals."""
