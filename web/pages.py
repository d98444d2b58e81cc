"""Rendering: one template environment a language, and what every page knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from web.language import LANGUAGE_NAMES, Language, choose_language, load_language
from web.settling import Settling

if TYPE_CHECKING:
    from web.site import Site

STATIC = Path(__file__).parent / "static"


@cache
def find_static(name: str) -> str:
    """The address of a static file, which changes with its content so that it may be cached for ever."""
    path = STATIC / name
    return f"/static/{name}?v={sha256(path.read_bytes()).hexdigest()[:10]}"


@cache
def make_icon(name: str) -> Markup:
    """A drawing of the site's one sheet, for eyes alone: words always stand beside it."""
    sheet = find_static("icons.svg")
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>').format(sheet, name)


@cache
def make_environment(code: str) -> Environment:
    """The templates in one language: escaping always on, an unknown name an error."""
    language = load_language(code)

    def say(message: str, **values: object) -> Markup:
        return Markup(language.translations.gettext(message)) % values  # nosec B704  # noqa: S704 - our own sentences

    environment = Environment(
        loader=PackageLoader("web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.code_generator_class = Settling
    environment.globals.update(
        _=say,
        icon=make_icon,
        static=find_static,
        number=language.number,
        language=language,
        languages=tuple(LANGUAGE_NAMES),
        language_names=tuple(LANGUAGE_NAMES.items()),
    )
    return environment


@dataclass(frozen=True)
class Visit:
    """One request as the views see it: where it came, and in which language it is answered."""

    site: Site
    language: Language
    lang_param: str | None
    path: str
    query: str

    def url(self, path: str, **params: object) -> str:
        """An address on this site that keeps the language asked for."""
        pairs = [(name, str(value)) for name, value in params.items() if value not in (None, "")]
        return self.url_with(path, pairs)

    def url_with(self, path: str, pairs: list[tuple[str, str]]) -> str:
        """Like `url`, from pairs, so that a name may come more than once."""
        pairs = [pair for pair in pairs if pair[0] != "lang"]
        if self.lang_param:
            pairs = [*pairs, ("lang", self.lang_param)]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def same_page(self, code: str) -> str:
        """This very page in another language."""
        return f"{self.path}?{urlencode([*self._asked, ('lang', code)])}"

    @cached_property
    def _asked(self) -> list[tuple[str, str]]:
        """What the address asks for but the language."""
        return [pair for pair in parse_qsl(self.query) if pair[0] != "lang"]

    def absolute(self, path: str) -> str:
        """A path as a full address of the public site."""
        return self.site.settings.base_url + path

    def page(
        self,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        indexed: bool = False,
        description: str = "",
        **context: object,
    ) -> HTMLResponse:
        """The rendered page."""
        snapshot_at = self.site.reader.snapshot_at
        text = (
            make_environment(self.language.code)
            .get_template(template)
            .render(
                path=self.path,
                lang_param=self.lang_param,
                url=self.url,
                same_page=self.same_page,
                alternate=lambda code: self.absolute(f"{self.path}?lang={code}"),
                canonical=self.absolute(self.path),
                indexed=indexed,
                description=description,
                snapshot_on=snapshot_at.date() if snapshot_at else None,
                **context,
            )
        )
        return HTMLResponse(
            text, status, {"Content-Language": self.language.code, "Vary": "Accept-Language", **(headers or {})}
        )


def open_visit(request: Request) -> Visit:
    """The visit that `request` is."""
    asked = request.query_params.get("lang")
    code = choose_language(asked, request.headers.get("accept-language"))
    if request.url.path.startswith("/admin"):
        code = "en"  # the reviewers' rooms are written in English, as the registers are, and must not claim otherwise
    return Visit(
        site=request.app.state.site,
        language=load_language(code),
        lang_param=code if asked == code else None,
        path=quote(request.url.path),
        query=request.url.query,
    )
