"""The `queuectl dashboard` command: what it takes. `serving.py` does it."""

from typing import Annotated

import typer


def dashboard(
    ctx: typer.Context,
    *,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65_535, metavar="PORT", help="Port to listen on; 0 takes a free one."
        ),
    ] = 8787,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Open the dashboard in your browser.")
    ] = False,
    metrics_public: Annotated[
        bool, typer.Option("--metrics-public", help="Serve /metrics to callers without a token.")
    ] = False,
    hide: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATTERN",
            help="Hide the values of fields of such names too, as in '*iban*'; repeatable.",
        ),
    ] = None,
    origin: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="The https address of the proxy in front, e.g. https://queue.example.org.",
            envvar="QUEUECTL_DASHBOARD_ORIGIN",
        ),
    ] = None,
    proxy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS",
            help="Believe the X-Forwarded-For of this proxy, or network of proxies; repeatable.",
        ),
    ] = None,
) -> None:
    """Serve the web dashboard and /metrics until Ctrl-C.

    The printed link opens it. Programs send `Authorization: Bearer TOKEN`; the token is
    QUEUECTL_DASHBOARD_TOKEN where that is set, else a new one each time.

    \b
    Examples:
      queuectl dashboard --open
      queuectl dashboard --port 9000 --metrics-public
      queuectl --json dashboard --port 0
    """
    # Imported here: help does not wait for the web framework.
    from queuectl_dashboard.serving import serve

    serve(
        ctx.obj,
        host=host,
        port=port,
        open_browser=open_browser,
        metrics_public=metrics_public,
        hidden=hide or (),
        origin=origin,
        proxies=proxy or (),
    )
