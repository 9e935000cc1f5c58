"""The settings of a recurrent network: the part of a section of ``train`` that describes it."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from nottingham.settings import Int, Settings


class NetworkSettings(Settings):
    """A recurrent network."""

    tokens: Literal["windows", "notes"]
    """What is predicted: the grid's steps, ``data/windows.npz``, or notes, ``data/notes.npz``."""
    cell: Literal["tanh", "gru", "lstm"]
    units: Annotated[Int, Field(ge=1, le=8192)]
    embedding: Annotated[Int, Field(ge=1, le=8192)]
    """Size of the vector of each input class: token, interval, lookback candidate …"""
    context: Literal["window", "tune"]
    """What a prediction depends on: the representation's window, or the tune from its start."""
    metrical_position: bool
    """Whether the position of the next token in the measure is an input."""
    phrase: Annotated[Int, Field(ge=0, le=64)]
    """With tune context, the measure counted modulo this number is an input; 0: it is not."""
    header: list[
        Literal["corpus", "dance", "meter", "tonic", "mode", "measures", "form", "endings"]
    ]
    """The fields of a tune's header that are inputs, where its tokens have one; form and endings
    only with tune context."""
    measures_to_go: bool
    """Whether the number of measures left, by the header, is an input; with tune context."""
    section: Annotated[Int, Field(ge=0, le=64)]
    """With tune context, the place in sections of this many measures is an input, and has logits of
    its own; 0: it is not."""
    intervals: bool
    """Whether the last interval is an input, and logits are of intervals as well as tokens."""
    lookbacks: Annotated[list[Annotated[Int, Field(ge=1, le=64)]], Field(max_length=64)]
    """Lags in measures, within the context, from which the network can copy a token; the last token
    is one more. An empty list: no copying but by ``longest_match``."""
    longest_match: bool
    """Whether the network can copy the last token, the token after the longest match, and the token
    after the longest match that went on otherwise."""
    precision: Literal["float32", "bfloat16"]
    """The type in which the recurrence multiplies matrices; all else is float32."""

    @field_validator("header")
    @classmethod
    def _need_a_header(cls, header: list[str], info: Any) -> list[str]:
        if header and info.data.get("tokens") == "windows":
            raise ValueError("[] with tokens windows, which have no header")
        if {"form", "endings"} & set(header) and info.data.get("context") == "window":
            raise ValueError("no form or endings with context window: a section's start is unknown")
        return header

    @field_validator("phrase", "measures_to_go", "section")
    @classmethod
    def _count_from_a_start(cls, given: Any, info: Any) -> Any:
        if given and info.data.get("context") == "window":
            nothing = "false" if given is True else "0"
            raise ValueError(f"{nothing} with context window, in which a tune's start is unknown")
        return given
