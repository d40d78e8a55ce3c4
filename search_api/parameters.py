"""What requests over HTTP ask with: filters that routes share, and nothing that no route knows."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, get_origin

from fastapi import Query, Request, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from pydantic import BaseModel, BeforeValidator, ConfigDict

from embeddings.errors import BadQuery
from search_api.filters import Narrowing

# An empty field of a form is one that was not filled in.
_Flag = Annotated[bool | None, BeforeValidator(lambda value: None if value == "" else value)]
# Whoever watches a server may send something to be told apart by; there is nothing to misspell.
_PROBED = {"/health/live", "/health/ready", "/metrics"}


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
    """Raise `BadQuery` for a query parameter that the route of a request has not, or that would be
    lost: a filter misspelt, or without a value, would be no filter.
    """
    route = request.scope["route"]
    if route.path in _PROBED:
        return
    known = parameters(route)
    times = Counter(name for name, _ in request.query_params.multi_items())
    for name, number in times.items():
        if name not in known:
            hint = instead(name, known, body_fields(route), "a field of the body")
            raise BadQuery(f"there is no parameter {name!r} here; {hint}")
        if number > 1 and not known[name]:
            raise BadQuery(f"the parameter {name!r} is there {number} times; give it once")
    for each in request.url.query.split("&"):
        if each and "=" not in each:  # which would be read as a blank value
            raise BadQuery(f"the parameter {each!r} has no value; write {each}=…")


def parameters(route: APIRoute) -> dict[str, bool]:
    """The names of a route's query parameters, and whether each may have several values."""
    return {
        each.alias: get_origin(each.field_info.annotation) is list
        for each in get_flat_params(route.dependant)
        if isinstance(each.field_info, params.Query)
    }


def body_fields(route: APIRoute) -> tuple[str, ...]:
    """The names of the fields that the body of a route's requests has."""
    body = route.body_field and route.body_field.field_info.annotation
    return tuple(body.model_fields) if body else ()


def instead(name: str, known: Iterable[str], elsewhere: Iterable[str], place: str) -> str:
    """What to do with a name that is none of the `known`, but may be one of another place."""
    if name in elsewhere:
        return f"it is {place}"
    known = list(known)
    near = difflib.get_close_matches(name.rpartition("_")[2], known, n=1) or known
    return f"write {' or '.join(near)}" if near else "there is none at all"
