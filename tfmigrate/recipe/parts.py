"""What every mapping of a recipe is made of: strict values, and keys that must be known."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict

from tfmigrate.recipe import forms

Text = Annotated[str, Strict(), Field(min_length=1)]
Whole = Annotated[int, Strict(), Field(ge=1)]
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Allowed = Annotated[float, Strict(), Field(ge=0, allow_inf_nan=False)]
Shape = tuple[Whole | None, ...]
Names = Annotated[tuple[str, ...], BeforeValidator(forms.names)]
Dtype = Annotated[Text, AfterValidator(forms.dtype)]
From = str | tuple[str, ...] | dict[str, str | tuple[str, ...]] | None
Outputs = Annotated[dict[str, str], BeforeValidator(forms.outputs)]
Size = Annotated[int | str, BeforeValidator(forms.size)]
Op = Annotated[dict[str, dict[str, Any]], BeforeValidator(forms.op)]


class Part(BaseModel):
    """A mapping of the recipe; a key it does not know is a mistake.

    ``to_come`` holds keys of the language that this version does not read yet.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    to_come: ClassVar[frozenset[str]] = frozenset()
