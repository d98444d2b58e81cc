"""What the practice calls itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.extraction.cues import loose
from crawler.extraction.document import BLOG, DATA, FOOTER, META, TESTIMONIAL, Document, clean
from crawler.extraction.evidence import Evidence
from crawler.extraction.logos import find_brand, find_picture
from crawler.extraction.own_names import is_place, own_share, without_place
from crawler.extraction.regions import find_region, fold_city, load_cities

_TRADE = loose(
    r"massage|massoth|masaje|bodywork|therap|wellness|healing|\bspa\b|clinic|clinique|studio|rolfing|rehab|kneads?|"
    r"touch|hands|body|relax|holistic|"
    r"cent(?:er|re)\b|reflexolog|myofascial|\bLMT\b|\bRMT\b|reiki|zen|muscle|motion|balance|health|retreat|salon"
)
_SPLIT = re.compile(r"\s*(?:\||»|«|•|·|::|~|–|—|\s-\s|\s-|-\s|:\s|\s/\s)\s*")
_GENERIC = re.compile(
    r"^(?:home(?: ?page)?|welcome|us|me|our team|student clinic|"
    r"index|about(?: (?:us|me))?|contact(?: (?:us|me))?|services?(?: (?:and|&) "
    r"(?:rates|pricing|prices))?|our (?:services|team|practice|locations?|therapists|story)|"
    r"my services|pricing|prices|rates|team|staff|locations?|menu|(?:book|schedule)(?: (?:now|online|(?:an?|your) "
    r"(?:appointment|session|massage|visit|treatment)))?|"
    r"gallery|faqs?|blog|news|testimonials|reviews|policies|"
    r"accueil|bienvenue|nos services|contactez-nous|[àa] propos|inicio|servicios|contacto|nosotros|untitled(?: "
    r"document| page)?|document|title|my (?:site|website|app)|website|react app|vite \+ \w+|vite app|"
    r"new page|page|official (?:site|website)|therapists?|practitioners?|meet (?:the|our) (?:team|therapists?|"
    r"staff)|massage|massage therapy|massage therap(?:ist|ists)|massage services|"
    r"licensed massage therap(?:ist|y)|registered massage therap(?:ist|y)|therapeutic massage|site title|read more|"
    r"learn more|main menu|navigation|"
    r"(?:section|block|headline|heading|caption|slide)(?: (?:one|two|three|four|five|six|\d+))?|"
    r"mobile massage|professional massage(?: therapy)?|relaxation|toggle navigation|logo|gift (?:cards|certificates)|"
    r"bodywork|acupuncture|sessions?|(?:new )?(?:patients?|clients?)(?: (?:cent(?:er|re)|forms?|portal|resources|"
    r"info(?:rmation)?))?|"
    r"conditions(?: (?:we treat|treated))?|treatments|modalities)$",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:welcome to|about|contact|bienvenue (?:[àa]|chez)|bienvenid[oa]s? a|home of|services at|our team at|meet|"
    r"massage services at)\s+(?=\S)",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\s*(?:about|contact|meet|sobre|rencontrez)\s", re.IGNORECASE)
_WELCOME = re.compile(r"welcome to |bienvenue (?:à|a|chez) |bienvenid[oa]s? a ", re.IGNORECASE)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright|&copy;)[\s©:]*(?:\(c\)\s*)?(?:copyright\s*:?\s*)?(?:[\s,–-]*(?:19|"
    r"20)\d\d)*\s*(?:[-–]\s*(?:present|now))?(?:[\s,:|.-]|by\b)*(?P<name>(?:[^.|©•·\n]|(?<=\b[A-Z])\.(?=[A-Z]\b)){3,70})",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"\b(?:all rights|tous droits|todos los derechos|powered|designed|website|built|made|by\b|privacy|template|"
    r"inc\b\.?$)",
    re.IGNORECASE,
)
_IN_TEXT = re.compile(
    r"(?:^(?!(?:Co-)?(?:Owner|Founder) )|(?:\b[Ww]elcome to|\b[Aa]t|\b[Ff]ounded|\b[Oo]wner of|"
    r"\b[Cc]hoose|\b[Oo]pened|\b[Aa]bout|\bchez|"
    r"\b[Cc]linique|\b[Cc]alled)\s)(?P<name>(?:The |the |La |Le )?(?:[A-ZÀ-Ý0-9][\w'’.&À-ÿ-]*\s?|(?:of|and|&|for|"
    r"by|de|du|the)\s){1,7})"
)
_NOUN_END = re.compile(
    r"(?:Massage|Bodywork|Therapy|Therapies|Center|Centre|Clinic|Studio|Spa|Wellness|Therapeutics|Massothérapie|"
    r"Well-?[Bb]eing|LLC|Rehab|Health|Touch|Hands)$"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z]{2})(?=[A-Z][a-z])")  # MassageByJane
_SENTENCE = re.compile(r"[.!?]$|\b(?:your|you|our|we|is|are|that|with your|for your)\b", re.IGNORECASE)
_PROFESSION = re.compile(
    r"^(?:licensed|registered|certified|professional)?\s*(?:clinical |medical |therapeutic )?(?:massage "
    r"(?:therapist|therapy|practitioner)|bodyworker|massoth[ée]rapeute)s?(?:,? (?:LMT|RMT|LMBT))?$|^(?:LMT|RMT|"
    r"LMBT|CMT)$",
    re.IGNORECASE,
)
_ROLE = re.compile(r"(?:^|,\s?)(?:LMT|RMT|LMBT|CMT|BCTMB|BSIE|BS|BA|owner|founder|manager)\b", re.IGNORECASE)
_PERSON = re.compile(r"^[A-Z][a-zà-ÿ]+(?: [A-Z]\.?)? (?:Mc|Mac|O['’])?[A-ZÀ-Ý][\wà-ÿ'’-]+$")


_VERBS = (
    "is",
    "was",
    "offers",
    "provides",
    "brings",
    "has",
    "specializes",
    "specialises",
    "serves",
    "offre",
    "est",
    "ofrece",
)

_SURE, _LONE = 0.9, 0.4  # the weight a name must have; where nothing else is put forward, a heading's will do


class _Votes:
    """Names proposed by the page's parts; the same name in other letters is one candidate."""

    def __init__(self) -> None:
        self.weights: dict[str, float] = {}
        self.writings: dict[str, dict[str, float]] = {}
        self.sources: dict[str, tuple[str, str]] = {}
        self.said: set[str] = set()
        self.signed: set[str] = set()  # those that a logo or the copyright line bears
        self.shares: dict[str, float] = {}  # how far each can be somebody's own
        self.brand = ""  # the one that stands as the page's brand

    def add(self, text: str | None, weight: float, where: str, snippet: str = "") -> None:
        name = tidy(text or "")
        if not name or len(name) > 80 or _GENERIC.match(name):
            return
        key = _key(name)
        if not key:
            return
        if where == "title":
            name = without_place(name)
            key = _key(name)
        if where not in ("json-ld", "og:site_name"):
            share = self.shares[key] = own_share(name)
            weight *= share
            if " " not in name and _ABOUT.match(text or "") and not _TRADE.search(name.lower()):
                weight *= 0.3  # "Contact Jane" is about somebody
        self.weights[key] = self.weights.get(key, 0.0) + weight
        writings = self.writings.setdefault(key, {})
        writings[name] = writings.get(name, 0.0) + weight * (0.5 if name.isupper() or name.islower() else 1.0)
        self.sources.setdefault(key, (snippet or name, where))

    def has_fuller(self, text: str) -> bool:
        """Whether a weightier candidate holds this one's words and more."""
        key = _key(tidy(text))
        own = self.weights.get(key, 0.0)
        return any(key in other and key != other and weight > own for other, weight in self.weights.items())

    def confirm(self, text: str) -> None:
        """What the page calls itself in its own sentences weighs more than words for search engines."""
        for key in self.weights:
            if len(key) > 5 and " " in key:
                self.weights[key] += 0.5 * min(3, text.count(key)) * self.shares.get(key, 1.0)
        for key in list(self.weights):  # "Juniper Massage Boise" is "Juniper Massage", if the page says that too
            words = key.split()
            for size in (1, 2, 3):
                shorter = " ".join(words[:-size])
                place = fold_city(" ".join(words[-size:]))
                if (
                    shorter in self.weights
                    and len(words) - size >= 2
                    and (place in load_cities() or (size > 1 and find_region(place)))
                ):
                    self.weights[shorter] += 0.6 * self.weights[key]
        for key, weight in list(self.weights.items()):  # "Juniper Massage Staff" is the staff's page
            shorter = _PAGE_OF.sub("", key)
            if shorter != key and shorter in self.weights and " " in shorter:
                self.weights[shorter] += weight
                self.weights[key] = 0.3 * weight

    def prefer_said(self, text: str, person: str | None) -> None:
        """A title's long name is cut to what the page's sentences make their subject ("Juniper Knots is located …")."""
        long = [key for key in self.weights if len(key.split()) >= 4 and "title" in self.sources[key][1]]
        for key in long:
            words = key.split()
            for size in range(len(words) - 1, 1, -1):
                shorter = " ".join(words[:size])
                said = sum(text.count(f"{shorter} {verb} ") for verb in _VERBS)
                if said and own_share(shorter) == 1.0 and not (person and shorter in _key(person)):
                    self._shorten(key, size, said)
                    break

    def _shorten(self, key: str, size: int, said: int) -> None:
        """Give the first words of a candidate its own weight and that of being said."""
        shorter = " ".join(key.split()[:size])
        full = max(self.writings[key], key=lambda writing: self.writings[key][writing])
        self.writings.setdefault(shorter, {})[" ".join(full.split()[:size]).rstrip(",-–—&")] = self.weights[key]
        self.sources.setdefault(shorter, self.sources[key])
        self.said.add(shorter)
        self.weights[shorter] = self.weights.get(shorter, 0.0) + self.weights[key] + 0.3 * min(said, 3)

    def discount(self, city: str) -> None:
        """The city the practice is in is not its name."""
        key = _key(city)
        if key in self.weights:
            self.weights[key] *= 0.1

    def demote_topic(self, title: str) -> None:
        """Of "Deep Tissue | Juniper Knots" the first is a topic where a logo or the copyright line says the last."""
        parts = [_key(tidy(part)) for part in _SPLIT.split(title)]
        signed = [part for part in parts[1:] if part in self.signed]
        if signed and parts[0] in self.weights and parts[0] not in self.signed:
            self.weights[signed[0]] += 0.3 * self.weights[parts[0]]
            self.weights[parts[0]] *= 0.3

    def lone(self) -> bool:
        """Whether one heading is all that a page puts forward."""
        return len(self.weights) == 1 and all(where[:1] == "h" for _, where in self.sources.values())

    def best(self, person: str | None) -> tuple[str, str, str, float] | None:
        """The name with the most weight, its snippet, its place and the weight; others that contain it count for it."""
        if not self.weights:
            return None
        totals = dict(self.weights)
        for key in totals:
            for other, weight in self.weights.items():
                if other != key and len(key) > 5 and key in other:
                    totals[key] += 0.35 * weight
        if person and len(totals) > 1:  # "About Jane" names the therapist, not the practice
            full, first = _key(person), _key(person.split()[0])
            if first in totals:
                totals[first] *= 0.3
            if full in totals and any(
                key != full
                and full not in key
                and (_TRADE.search(key) or self.sources[key][1] == "title")
                and total >= 0.4 * totals[full]
                for key, total in totals.items()
            ):
                totals[full] *= 0.3
        key = max(totals, key=lambda k: (totals[k], self.weights[k]))
        key = self._spelt_out(key)
        key = self._fuller(key)
        name = max(self.writings[key], key=lambda writing: self.writings[key][writing])
        return name, *self.sources[key], totals[key]

    def _spelt_out(self, key: str) -> str:
        """The name whose initials the best one is ("JMC" for "Juniper Massage Clinic")."""
        if not 2 <= len(key) <= 5 or not any(writing.isupper() for writing in self.writings[key]):
            return key
        whole = [k for k in self.weights if "".join(word[0] for word in k.split()) == key]
        return max(whole, key=lambda k: self.weights[k], default=key)

    def _fuller(self, key: str) -> str:
        """A name in full where the best one is only its beginning ("Juniper" for "Juniper Massage")."""
        if _TRADE.search(key) or key in self.said or key == self.brand:
            return key
        fuller = [k for k in self.weights if k.startswith(key + " ") and _TRADE.search(k) and len(k.split()) <= 7]
        return max(fuller, key=lambda k: self.weights[k], default=key)


_PAGE_OF = re.compile(r" (?:staff|team|services|rates|pricing|contact(?: us)?|about(?: us)?|home(?: page)?|website)$")
_OWNER_S = re.compile(r"['’`]s\b")
_WORD = re.compile(r"\w+")
_UNTOLD = frozenset({"llc", "inc", "pllc", "ltd", "the"})
_RIGHTS = re.compile(r"\s*(?:all rights reserved|tous droits r[ée]serv[ée]s).*$", re.IGNORECASE)
_YEARS = re.compile(r"^(?:(?:19|20)\d\d\s*[-–,]?\s*)+|[®™©]")


def _key(name: str) -> str:
    words = _WORD.findall(_OWNER_S.sub("s", name.lower().replace("&", " and ")))
    return " ".join([word for word in words if word not in _UNTOLD])


def tidy(text: str) -> str:
    """A candidate without greetings, marks and the year."""
    name = clean(text)
    if " " not in name and len(name) > 12 and _TRADE.search(name.lower()) and "." not in name:
        name = _CAMEL.sub(" ", name)
    name = _LEAD.sub("", name.split(" @ ")[0])  # "Juniper Massage @ Host Wellness" is a guest there
    if "r" in name or "R" in name:
        name = _RIGHTS.sub("", name)
    name = _YEARS.sub("", name)
    return name.strip(' ,.!|–—-·•:;"“”►▸→←✓★☰✕×')


def find_name(
    document: Document, stated: Iterable[str], person: str | None, notes: Evidence, cities: Iterable[str] = ()
) -> str | None:
    """The practice's name: what data, title, letterhead and copyright line agree on."""
    votes = _Votes()
    for name in stated:
        votes.add(name, 7.0, "json-ld")
    for key, weight in (("og:site_name", 3.5), ("application-name", 2.0), ("apple-mobile-web-app-title", 1.5)):
        if document.meta.get(key) and not _GENERIC.match(document.meta[key]):
            votes.add(document.meta[key], weight, key)
    _vote_titles(document, votes, person)
    _vote_lines(document, votes)
    _vote_logos(document, votes)
    votes.demote_topic(document.title)
    sentences = _key("\n".join(line.text for line in document.visible() if len(line.text) > 30))
    votes.confirm(sentences)
    votes.prefer_said(sentences, person)
    for city in cities:
        votes.discount(city)
    best = votes.best(person)
    if best is None or best[3] < (_LONE if votes.lone() else _SURE):
        return None
    notes.add("name", best[0], best[1], best[2])
    return best[0]


def _vote_titles(document: Document, votes: _Votes, person: str | None) -> None:
    for text, where, weight in (
        (document.title, "title", 2.0),
        (document.meta.get("og:title", ""), "og:title", 1.0),
        (document.meta.get("twitter:title", ""), "twitter:title", 0.4),
    ):
        parts = [part for part in _SPLIT.split(text) if tidy(part)]
        kept = [part for part in parts if not _GENERIC.match(tidy(part)) and not is_place(tidy(part))]
        if len(parts) >= 2 and _is_person(tidy(parts[0]), person) and _PROFESSION.match(tidy(parts[1])):
            votes.add(f"{tidy(parts[0])} | {tidy(parts[1])}", weight * 1.6, where, text)
            continue
        for index, part in enumerate(kept):
            value = weight * (1.0 if index == 0 else 0.7 if index == len(kept) - 1 else 0.4)
            if _TRADE.search(part.lower()):
                value *= 1.5
            if _SENTENCE.search(part) or len(part.split()) > 7:
                value *= 0.35
            if re.search(r"\bin [A-Z]|\bnear\b|\b[A-Z]{2}$|\bbest\b|\btop\b", part):
                value *= 0.5
            votes.add(part, value, where, text)


def _vote_lines(document: Document, votes: _Votes) -> None:
    first_heading = True
    for index, line in enumerate(document.lines):
        text = line.text
        if not text or line.section in (TESTIMONIAL, BLOG, META, DATA):
            continue
        if "©" in text or "opyright" in text:
            found = _COPYRIGHT.search(text)
            if found:
                name = _CREDIT.split(found["name"])[0]
                if not _GENERIC.match(tidy(name)):
                    votes.add(name, 1.4 if _TRADE.search(name.lower()) else 0.6, "footer", text)
                    votes.signed.add(_key(tidy(name)))
        if (
            len(text) <= 60
            and len(line.links) < 3
            and (line.level == 1 or index < 14 or (line.level and first_heading))
        ):
            first_heading = first_heading and not line.level
            name = tidy(text)
            if (
                not _GENERIC.match(name)
                and not _ROLE.search(name)
                and not _SENTENCE.search(text)
                and not any(c.isdigit() for c in name)
            ):
                weight = 1.2 if line.level == 1 else 0.7 if index < 6 else 0.35
                if _WELCOME.match(text):
                    weight = max(2.0 * weight, 1.2)
                votes.add(name, weight * (1.3 if _TRADE.search(name.lower()) else 0.6), line.where, text)
        elif (
            line.section is FOOTER
            and len(text) <= 50
            and _TRADE.search(text.lower())
            and not _GENERIC.match(tidy(text))
        ):
            votes.add(text, 0.5, "footer", text)
        if len(text) > 20 and (
            " at " in text
            or "elcome to" in text
            or "At " in text
            or "ounded" in text
            or "hez " in text
            or "wner of" in text
            or "bout " in text
        ):
            for found in _IN_TEXT.finditer(text[:1500]):
                name = found["name"].strip()
                name = re.sub(r"(?:\s(?:of|and|&|for|by|de|du|the))+$", "", name)
                if (
                    _NOUN_END.search(name)
                    and len(name.split()) >= 2
                    and not re.search(r"College|School|Institute|Academy|University|Envy\b", name)
                ):
                    votes.add(name, 0.9, line.where, text)


def _vote_logos(document: Document, votes: _Votes) -> None:
    """What stands in the place of the logo, as a picture or as a text: the name, mostly."""
    brand = find_brand(document)
    picture, called = find_picture(document) or ("", False)
    if not called and _key(tidy(picture)) not in votes.weights:
        picture = ""
    if brand and votes.has_fuller(brand):
        brand = None
    votes.brand = _key(tidy(brand or ""))
    for text in filter(None, (picture, brand)):
        name = tidy(text)
        if name and not _GENERIC.match(name) and not any(c.isdigit() for c in name):
            votes.add(name, 0.9 if _TRADE.search(name.lower()) else 0.5, "img", text)
            votes.signed.add(_key(name))


def _is_person(text: str, person: str | None) -> bool:
    return (
        bool(_PERSON.match(text))
        and (person is None or text.split(maxsplit=1)[0] in person)
        and not _TRADE.search(text.lower())
    )
