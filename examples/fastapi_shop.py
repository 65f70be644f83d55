"""A shop in FastAPI: each request has a transaction, and what it enqueues is part of that.

uv run python examples/fastapi_shop.py
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, FastAPI, HTTPException
from fastapi.testclient import TestClient
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from queuectl_store import JobFilter
from queuectl_worker import Queue


class Base(DeclarativeBase):
    """The shop's own tables, in the database of the queue."""


class Order(Base):
    """One thing that somebody wants."""

    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str]
    receipt: Mapped[str | None] = mapped_column(default=None)


def make_shop(url: str) -> tuple[FastAPI, Queue]:
    """Return the app and the queue of its tasks, which are on one database."""
    app, engine, queue = FastAPI(), sa.create_engine(url), Queue(url)
    Base.metadata.create_all(engine)
    queue.store  # noqa: B018  # its tables are made before the first request needs them

    def transaction() -> Iterator[Session]:
        with Session(engine) as session, session.begin():
            yield session

    # Committed before the answer goes out: whoever is told of an order can rely on it.
    transaction_of_request = Annotated[Session, Depends(transaction, scope="function")]

    @queue.task
    async def send_receipt(order_id: int) -> str:
        with Session(engine) as session, session.begin():
            order = session.get_one(Order, order_id)
            order.receipt = f"receipt {order.id}: {order.item}"
            return order.receipt

    @app.post("/orders", status_code=201)
    def add_order(item: str, session: transaction_of_request) -> dict[str, int]:
        order = Order(item=item)
        session.add(order)
        session.flush()  # gives it its id, and takes the lock before anything is read
        job = send_receipt.options(session=session).enqueue(order.id)
        if item == "unicorn":  # the transaction is rolled back: no order, and no job
            raise HTTPException(409, "sold out")
        return {"order": order.id, "job": job.id}

    @app.get("/orders/{order_id}")
    def show_order(order_id: int, session: transaction_of_request) -> dict[str, str | None]:
        return {"receipt": session.get_one(Order, order_id).receipt}

    return app, queue


def main(folder: Path) -> int:
    """Order two things, one of which is sold out; give 0 if one receipt was sent."""
    app, queue = make_shop(f"sqlite:///{folder / 'shop.db'}")
    client = TestClient(app)
    answers = [client.post("/orders", params={"item": item}) for item in ("ink", "unicorn")]
    print("answered", [answer.status_code for answer in answers])

    jobs = queue.store.reader.page(JobFilter())
    queue.worker(concurrency=2).run(burst=True)
    receipt = client.get(f"/orders/{answers[0].json()['order']}").json()["receipt"]
    print(f"{len(jobs)} job, {receipt!r}")
    queue.close()
    return 0 if (len(jobs), receipt) == (1, "receipt 1: ink") else 1


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="queuectl-example-") as name:
        sys.exit(main(Path(name)))
