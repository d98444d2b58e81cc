"""What a heading opens: other people's words, posts, or a topic of the page's own."""

from __future__ import annotations

import re

TESTIMONIAL_HEADING = re.compile(
    r"testimon|\breviews?\b|(?:what|hear) (?:our |my |from )*(?:\w+ )?(?:clients?|patients?|people|customers?|"
    r"others?)\b.{0,20}"
    r"(?:say|said|think|are saying)|client (?:stories|love|feedback|words)|kind words|real stories|success stories|"
    r"word on the street|word for it"
    r"|t[ée]moignages?|avis de nos|avis clients|ce que (?:nos|mes) clients|opiniones|rese[ñn]as|lo que dicen",
    re.IGNORECASE,
)
OTHER_TOPIC = re.compile(
    r"benefit|\bservices?\b|\babout (?:me|us)\b|contact|hours|location|rates|pricing|here for you|\bwhy\b|massage|"
    r"treat|technique|therap",
    re.IGNORECASE,
)
STAFF = re.compile(
    r"^(?:lead |senior |licensed |registered |certified )?(?:owner|founder|massage therapist|masseuse|masseur|"
    r"esthetician|acupuncturist|practitioner|lmt|rmt)\W*$",
    re.IGNORECASE,
)
BLOG_HEADING = re.compile(
    r"^(?:our |the |my |latest |recent |from (?:the|our|my) )*(?:blog|blog posts?|articles|news|posts|recent posts)\W*$"
    r"|^(?:related|recent|latest|featured) (?:posts?|articles?|blog|news)|^\d* ?comments?\b|^leave a (?:reply|comment)",
    re.IGNORECASE,
)


def is_quotation(text: str) -> bool:
    """A whole line in quotation marks is someone else speaking."""
    return len(text) > 60 and text[0] in '"“«„' and ("”" in text[-60:] or '"' in text[-60:] or "»" in text[-60:])
