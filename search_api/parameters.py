"""What requests over HTTP ask with: filters that routes share, and nothing that no route knows."""

from __future__ import annotations

import difflib
from typing import Annotated

from fastapi import Query, Request, params
from fastapi.dependencies.utils import get_flat_params
from pydantic import BaseModel, BeforeValidator, ConfigDict

from embeddings.errors import BadQuery
from search_api.filters import Narrowing

# An empty field of a form is one that was not filled in.
_Flag = Annotated[bool | None, BeforeValidator(lambda value: None if value == "" else value)]


class BodyIn(BaseModel):
    """The JSON body of a request, without fields that its route has not."""

    model_config = ConfigDict(extra="forbid")


def narrowing(
    date_from: Annotated[
        str | None,
        Query(
            alias="from",
            description="From this day, month or year on; a paper known to the month or year "
            "counts as of its first day.",
        ),
    ] = None,
    date_to: Annotated[
        str | None, Query(alias="to", description="Up to this day, month or year.")
    ] = None,
    topic: Annotated[list[str], Query(description="Any of these topics.")] = [],  # noqa: B006
    category: Annotated[list[str], Query(description="Any of these categories.")] = [],  # noqa: B006
    source: Annotated[list[str], Query(description="Any of these digests.")] = [],  # noqa: B006
    author: Annotated[list[str], Query(description="Any of these authors.")] = [],  # noqa: B006
    has_code: Annotated[_Flag, Query(description="With (or without) a code link.")] = None,
) -> Narrowing:
    """The filters of a request."""
    return Narrowing(
        date_from,
        date_to,
        tuple(topic),
        tuple(category),
        tuple(source),
        tuple(author),
        has_code,
    )


async def refuse_unknown(request: Request) -> None:  # in no thread: /health/live waits for none
    """Raise `BadQuery` for a query parameter that the route of a request has not: a filter misspelt
    would be no filter.
    """
    route = request.scope["route"]
    known = [
        each.alias
        for each in get_flat_params(route.dependant)
        if isinstance(each.field_info, params.Query)
    ]
    for name in request.query_params:
        if name not in known:
            near = difflib.get_close_matches(name.rpartition("_")[2], known, n=1) or known
            hint = f"write {' or '.join(near)}" if near else "there is none at all"
            raise BadQuery(f"there is no parameter {name!r} here; {hint}")
