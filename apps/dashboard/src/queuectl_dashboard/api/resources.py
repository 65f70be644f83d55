"""Named resources of the whole store that jobs share, such as GPUs or licences."""

from typing import Any

from queuectl_dashboard.api.desk import Desk
from queuectl_dashboard.api.kinds import Asked, Count, Shape
from queuectl_dashboard.api.routes import Topic
from queuectl_store import UnknownResource, resource_document

topic = Topic("resources")


class ResourceDocument(Shape):
    """A resource: how much there is and is free, which units are used, how many jobs wait."""

    name: str
    capacity: Count
    free: Count
    used: list[int]
    waiting: Count


class Resources(Shape):
    """The resources that there are, or that a job waits for."""

    resources: list[ResourceDocument]


class Capacity(Asked):
    """How much there is of it in the whole store."""

    capacity: Count


@topic.get("/resources", answer=Resources)
def list_resources(desk: Desk) -> dict[str, Any]:
    """List the resources that jobs share."""
    return {"resources": list(map(resource_document, desk.store.reader.resources()))}


@topic.rule("PUT", "/resources/<name:name>", body=Capacity, answer=ResourceDocument)
def change_resource(desk: Desk, name: str, body: Capacity) -> dict[str, Any]:
    """Say how much there is of a resource."""
    desk.store.admin.set_resource(name, body.capacity)
    for each in desk.store.reader.resources():
        if each.name == name:
            return resource_document(each)
    raise UnknownResource(name)  # another one took it away in between


@topic.rule("DELETE", "/resources/<name:name>", answer=None, status=204)
def remove_resource(desk: Desk, name: str) -> None:
    """Forget a resource; jobs that ask for it wait until it is there again."""
    desk.store.admin.remove_resource(name)
