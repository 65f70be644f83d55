"""A claim in one round trip, where one statement may hold several writes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from queuectl_store.claiming import Wish, claim_alone, in_order
from queuectl_store.errors import StoreError
from queuectl_store.job import WorkerId
from queuectl_store.outcome import Exchange
from queuectl_store.turn import trade


def claim_straight(write: Callable[..., Any], worker_id: WorkerId, wish: Wish) -> Exchange:
    """Claim for *wish*; what the first try leaves needs a transaction that looks at more.

    Args:
        write: Runs a transaction, as `Database.write`.

    Raises:
        StoreError: Nothing was claimed, as far as is known.
    """
    first = write(lambda c, times: claim_alone(c, times, worker_id, wish))()
    rest = first.rest(wish)
    if rest is None:
        return Exchange(claims=first.claims, refused=[])
    left = wish._replace(limit=wish.limit - len(first.claims))
    try:
        more, _ = write(
            lambda c, times: trade(c, times, worker_id, (), left, is_alone=False, first=rest),
            rings=lambda traded: traded[1],
        )
    except StoreError:
        if not first.claims:
            raise
        # Those are the caller's, whatever became of others.
        return Exchange(claims=first.claims, refused=[], again=True)
    claims = in_order(first.claims, more.claims)
    exchange: Exchange = replace(more, claims=claims)
    return exchange
