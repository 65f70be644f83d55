"""A shop in Flask: an order and the job that sends its receipt are stored together, or neither is.

uv run python examples/flask_shop.py
"""

import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, abort, request
from flask.typing import ResponseReturnValue
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


def make_shop(url: str) -> tuple[Flask, Queue]:
    """Return the app and the queue of its tasks, which are on one database."""
    app, engine, queue = Flask("shop"), sa.create_engine(url), Queue(url)
    Base.metadata.create_all(engine)
    queue.store  # noqa: B018  # its tables are made before the first request needs them

    @queue.task
    def send_receipt(order_id: int) -> str:
        with Session(engine) as session, session.begin():
            order = session.get_one(Order, order_id)
            order.receipt = f"receipt {order.id}: {order.item}"
            return order.receipt

    @app.post("/orders")
    def add_order() -> ResponseReturnValue:
        with Session(engine) as session, session.begin():
            order = Order(item=request.form["item"])
            session.add(order)
            session.flush()  # gives it its id, and takes the lock before anything is read
            job = send_receipt.options(session=session).enqueue(order.id)
            if order.item == "unicorn":
                abort(409, "sold out")  # the transaction is rolled back: no order, and no job
            return {"order": order.id, "job": job.id}, 201

    @app.get("/orders/<int:order_id>")
    def show_order(order_id: int) -> ResponseReturnValue:
        with Session(engine) as session:
            order = session.get(Order, order_id)
            return {"receipt": order.receipt} if order else ({}, 404)

    return app, queue


def main(folder: Path) -> int:
    """Order two things, one of which is sold out; give 0 if one receipt was sent."""
    app, queue = make_shop(f"sqlite:///{folder / 'shop.db'}")
    client = app.test_client()
    answers = [client.post("/orders", data={"item": item}) for item in ("ink", "unicorn")]
    print("answered", [answer.status_code for answer in answers])

    jobs = queue.store.reader.page(JobFilter())
    queue.worker(concurrency=2).run(burst=True)
    receipt = client.get(f"/orders/{answers[0].get_json()['order']}").get_json()["receipt"]
    print(f"{len(jobs)} job, {receipt!r}")
    queue.close()
    return 0 if (len(jobs), receipt) == (1, "receipt 1: ink") else 1


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="queuectl-example-") as name:
        sys.exit(main(Path(name)))
