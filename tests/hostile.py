"""What people and machines type who mean no good: words, numbers and page markers."""

from __future__ import annotations

LONGEST_S = 15.0  # of the processor for one request: a pattern that goes round in circles takes minutes
TEXTS = (
    "a" * 2_000,
    "word " * 400,
    "back pain " * 200,
    "*",
    "?*?*?*~2^99",
    "name:* OR id:[* TO *]",
    '{"match_all": {}}',
    "/(a+)+$/",
    "(((((((((((((((((((((((",
    '"unclosed',
    "\\" * 500,
    "\x00\x01\x02\x1b[31m",
    "\u202eright to left \u200bzero\u200bwidth",
    "💆" * 300,
    "é̂̃" * 300,
    "'; DROP TABLE entities; --",
    "<script>alert(1)</script>",
    "%00%0d%0aSet-Cookie: x=1",
    "../../etc/passwd",
    "-1 OR 1=1",
    " " * 1_999,
    "\ud800",
    "ﷺ" * 100,
    "within 99999 km of Denver",
    "within 0 km of Denver",
    "near near near near near",
    "near " * 300,
    "de d' of of of within 5 km of",
    "within a a a a a a a a a a a a mile of " * 50,
    "my my my el la la l' insurance no no insurance " * 40,
    "que que that that can takes my my my my " * 40,
    "R.M.T.L.M.T." * 160,
    "diagnosis codes: icd-10-cm codes: zip code " * 45,
    "a-b'c.d’" * 250,
    "0" * 2_000,
    "1e309 km of Denver",
    "massage\u2028\u2029\u0085\ufeff\u200d Denver",
    "\U000e0041\U000e0042 sciatica",
    "ＳＣＩＡＴＩＣＡ　Ｄｅｎｖｅｒ",
)
NUMBERS = (
    "0", "-1", "-0.0", "nan", "inf", "-inf", "1e309", "1e300", "-1e300", "20100", "99999999999999999999", "0x10",
    "1_000", "\u0663", "\u00bd", "", " ", "5km", "\x00", "1;2", "\ud800",
)  # fmt: skip
POINTS = (
    "nan, nan", "inf, 0", "0, -inf", "1e309, 1", "91, 0", "0, 181", "-105, 39.7", "90, 0", "-90, 180", "0, 0",
    "39.7, -105.0, 7", "39.7;-105.0", "39.7 -1000", "39." + "7" * 1_000 + ", -105",
)  # fmt: skip
MARKERS = (
    "x", "page-1000000000", "1000000000", "W10", "WzEsMl0", "bnVsbA", "e30", "WyJhIixudWxsLCJiIixmYWxzZV0",
    "A" * 5_000, "W" * 50_000, "é", "\x00", "../../etc/passwd", "%00", "=" * 100, "\ud800",
)  # fmt: skip
