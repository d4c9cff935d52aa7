"""What is said of erasures, and names nobody."""

from collections.abc import Collection

# So many requests are told of one by one.
_TOLD = 10


def sentences(told: list[tuple[str, int, bool]], known: Collection[str]) -> list[str]:
    """Tell of the first requests one by one, and of how many others there were.

    told : request, number of identifiers erased for it, whether its person was found.
    known : requests of which an earlier build has told.
    """
    first = [
        _sentence(request, count, is_resolved, is_known=request in known)
        for request, count, is_resolved in told[:_TOLD]
    ]
    others = len(told) - len(first)
    more = f"Erased for {others} more requests: personalization show fct_privacy_requests"
    return [*first, more] if others else first


def _sentence(request: str, count: int, is_resolved: bool, is_known: bool) -> str:
    """Tell of one request, and nothing that names its person."""
    if not is_resolved:
        return (
            f"Erasure request {request} names no single person: only rows that name nobody else go"
        )
    return f"Erased for request {request}: {count} {'further ' if is_known else ''}identifiers"
