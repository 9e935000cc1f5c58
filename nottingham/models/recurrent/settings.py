"""The settings of a recurrent network: the part of a section of ``train`` that describes it."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from nottingham.settings import Int, Settings


class NetworkSettings(Settings):
    """A recurrent network."""

    cell: Literal["tanh", "gru", "lstm"]
    units: Annotated[Int, Field(ge=1, le=8192)]
    embedding: Annotated[Int, Field(ge=1, le=8192)]
    """Size of the vectors that stand for what a step is told: its token, interval, candidates …"""
    context: Literal["window", "tune"]
    """What it sees when it predicts: the last 32 steps, or the tune from its start."""
    metrical_position: bool
    """Whether the network is also told which step of the measure comes next."""
    phrase: Annotated[Int, Field(ge=0, le=64)]
    """Told too, in a tune: in which measure of so many, counted from the start; 0: not told."""
    intervals: bool
    """Whether it is told the last interval, and its logits are of intervals as well as tokens."""
    lookbacks: Annotated[list[Annotated[Int, Field(ge=1, le=64)]], Field(max_length=64)]
    """It may copy from so many measures before (those within its context), and from the step
    before. None of them: from nowhere, but for ``longest_match``."""
    longest_match: bool
    """It may copy from the step before, from behind the longest passage that equals the last steps,
    and from behind the longest of those that went on otherwise."""
    precision: Literal["float32", "bfloat16"]
    """In which the recurrence multiplies matrices; all else is float32."""

    @field_validator("phrase")
    @classmethod
    def _count_from_a_start(cls, phrase: int, info: Any) -> int:
        if phrase and info.data.get("context") == "window":
            raise ValueError("0 with context window, which does not see a tune's start")
        return phrase
