"""The demo: a made-up world on loopback, crawled by the real spiders, through the whole job, then served."""

from __future__ import annotations

from collections.abc import Callable

from cli.app import App, open_app
from cli.operate import serve_site
from cli.steps import Plan, run_steps
from crawler.listings_file import import_file
from demo.model import World
from demo.server import serve_world
from demo.world import make_world
from directory.settings import Settings, load_settings
from records import users

REVIEWER, PASSWORD = "demo", "demo-demo-demo"

TRY = """
Palpate is on {base}  (Ctrl-C stops it). Try:

  {base}/search?q=trapped+nerve+near+Stony+Plain
      the two in town first, and what it means that Alberta has no register
  {base}/search?q=low+back+pain+near+Denver
      current, expired and still being checked, each with its date
  {base}/search?q=M54.41+within+10+km+of+Denver
      by ICD-10 code, as a physician would
  {base}/admin/
      the reviewers' queue: sign in as {reviewer} with {password}
"""


def run_demo(
    *, host: str, port: int, seed: int, world_port: int, build_only: bool, say: Callable[[str], object]
) -> None:
    """Serve the made-up world on loopback, run the whole job on it into the demo's own data folder, serve the site.

    The world keeps its port from run to run, so that a second run meets the same addresses and finds nothing new.
    """
    world = make_world(seed=seed)
    settings = make_demo_settings(load_settings(), base_url=f"http://{host}:{port}")
    with serve_world(world, port=world_port) as server, open_app(settings) as app:
        say(f"A made-up world of {len(world.practices)} practices is served on {server.url}")
        fill(app, world, server.overrides, say)
        if build_only:
            return
        say(TRY.format(base=settings.base_url, reviewer=REVIEWER, password=PASSWORD))
        serve_site(app, host, port)


def make_demo_settings(settings: Settings, *, base_url: str) -> Settings:
    """The settings, but with a data folder and an index of the demo's own, and no pause between loopback requests."""
    return settings.model_copy(
        update={
            "data_dir": settings.data_dir.with_name(settings.data_dir.name + "-demo"),
            "index_alias": f"{settings.index_alias}-demo",
            "base_url": base_url,
            "crawl_delay_s": 0.0,
        }
    )


def fill(app: App, world: World, overrides: dict[str, dict[str, object]], say: Callable[[str], object]) -> None:
    """Everything between the world and the index."""
    listings = app.settings.data_dir / "demo-listings.jsonl"
    listings.write_text(world.listings_file, "utf-8")
    say(import_file(app.database, listings, source="demo_directory", clock=app.clock).to_text())
    plan = Plan(sources=tuple(overrides), allow_local=True, overrides=overrides, rebuild=True)
    run_steps(app, plan, say=say)
    with app.database.begin() as session:
        if not users.exists(session, REVIEWER):
            users.create_user(session, name=REVIEWER, password=PASSWORD, role=users.Role.REVIEWER, at=app.clock.now())
