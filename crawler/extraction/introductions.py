"""The sentences and lines in which pages name the people who practise."""

from __future__ import annotations

import re

from crawler.extraction.cues import sought

WORD = r"(?:(?:Mc|Mac|O['’]|De|La|Le|Van|D['’])?[A-ZÀ-Ý][a-zà-ÿ]+(?:[-'’][A-ZÀ-Ý][a-zà-ÿ]+)?|[A-Z]\.(?:\s?[A-Z]\.)?)"
_PARTICLE = r"(?:(?:van|von|de|del|de la|la|le|du|di|da|dos|der|den|st\.)\s)?"
_NICK = r"(?:[\"“'‘(][A-ZÀ-Ý][A-Za-zÀ-ÿ]+[\"”'’)]\s)?"
_FULL = rf"{WORD}\s{_NICK}(?:{WORD}\s)?{_PARTICLE}{WORD}(?:,?\s(?:Jr|Sr|II|III)\b\.?)?"
_ONE = r"[A-ZÀ-Ý][a-zà-ÿ]{1,14}(?:[- ](?:Ann|Anne|Mae|May|Lee|Lynn|Jo|Beth|Marie|Rose|Sue|Jean|Lou|Grace|Kay)\b)?"
LETTERS = (
    r"(?:LMT|LMBT|RMT|LMP|CMT|CMP|BCTMB|NCTMB|NCBTMB|MMP|CMMP|LMTI?|MTI|RMP|CLT|NMT|CNMT|CR|CAMTC|R\.?M\.?T|"
    r"L\.M\.T|L\.?M\.?B\.?T)"
)
_DEGREE = r"(?:[A-Z]{2,5}|[BM]\.?[AS]\.?|[A-Z][a-z]?[A-Z]{1,4}|Owner|Founder)(?:(?<!\.)\s[A-Z][a-z]+){0,2}"

_WITH_LETTERS = re.compile(
    rf"(?<![\w’'])(?P<name>{_FULL}|{_ONE})\s?(?:\((?:she|he|they)[^)]{{0,14}}\))?\s?[,(|"
    rf"–—-]?\s{{0,2}}(?:{_DEGREE}(?:[,/]\s?|\s[-–]\s)){{0,4}}{LETTERS}\b"
)
_WITH_TITLE = re.compile(
    rf"(?<![\w’'])(?P<name>{_FULL})\s?[,|–—(-]\s?(?:(?:the|an?|your|our)\s)?(?:[A-Za-z]+\s){{0,2}}?"
    r"(?i:licensed|registered|certified|massage therapist|massoth[ée]rapeute|terapeuta|masajista|owner|founder|"
    r"rolfer|bodyworker)\b"
)
SHOUTED = re.compile(
    rf"(?<![\w’'])(?P<name>[A-Z]{{2,12}}(?:\s[A-Z]\.?)?\s[A-Z][A-Z’'-]{{1,15}})\s?[,|–—-]\s?{LETTERS}\b"
)
FIRST_PERSON = re.compile(
    rf"(?:\b(?:[Mm]y name is|[Ii]['’]?m called|[Cc]all me|[Jj]e m['’]appelle|[Mm]e llamo|[Mm]i nombre es|[Mm]on "
    rf"nom est|[Jj]e suis|[Ss]oy|I am|I['’]m|[Tt]his is|[Ii]t['’]?s)|[Hh]i!?,? I['’]?m|[Hh]ello,? I['’]?m)"
    rf",?\s(?P<name>{_FULL}|{_ONE})(?![\w’']|\s(?:Massage|Therapy|Certified|Licensed|Registered))"
)
MEET = re.compile(
    rf"^(?:(?:[Mm]eet|MEET|[Aa]bout|ABOUT)(?:\s(?:[Yy]our [Tt]herapist|[Tt]he [Oo]wner|[Tt]he [Tt]herapist|[Oo]ur "
    rf"[Oo]wner|[Tt]herapist|[Oo]wner))?[:,–-]?\s|[Àà] propos de |[Rr]encontrez |[Cc]onoce a |[Ss]obre "
    rf")(?P<name>{_FULL}|{_ONE})\W*$"
)
MEET_SHOUTED = re.compile(r"^(?:MEET|ABOUT)\s(?P<name>[A-Z]{3,12}(?:\s[A-Z][A-Z’'-]{1,15})?)\W*$")
IS_THERAPIST = re.compile(
    rf"(?<![\w’'])(?P<name>{_FULL}|{_ONE})(?:,[^.,]{{2,40}},)?\s(?:is|has been|was|est|es)\s(?:(?:an?|the|our|your|"
    rf"also|une?|both|currently|fully)\s)?"
    rf"(?:[\w,&’'/-]+\s){{0,9}}?(?i:massage\s(?:therapist|practitioner)|therapist|bodyworker|rolfer|LMT|RMT|LMBT|"
    rf"owner|founder|massoth[ée]rapeute|mas+oterapeuta|masajista|terapeuta)"
)
_ROLE_BEFORE = re.compile(
    rf"(?:(?:[Mm]assage|MASSAGE) [Tt]herapist|[Tt]herapist|[Pp]ractitioner|[Oo]wner(?:/\w+| and \w+| & \w+)?|"
    rf"[Ff]ounder|[Ff]ounded by|[Oo]wned(?: and operated)? by|LMT|RMT|[Oo]perated by|[Tt]herapeutic massage by|"
    rf"[Mm]assage (?:therapy )?(?:by|with)|[Mm]assoth[ée]rapeute|[Tt]erapeuta|[Mm]asajista|[Ii]nstructor|"
    rf"[Pp]roprietor)\s?[:,–-]?\s(?P<name>{_FULL})(?![\w’'])"
)
_SECOND = re.compile(
    rf"(?:[Tt]herapists|[Pp]ractitioners|[Oo]wners|RMTs|LMTs|[Mm]assoth[ée]rapeutes|[Tt]erapeutas)\s?[:,–-]?\s"
    rf"(?:are\s)?(?P<name>{_FULL})(?=,?\s(?:and|et|y|&)\s)"
)
_THIRD = re.compile(
    rf"(?:[Tt]herapists|[Pp]ractitioners|[Oo]wners|RMTs|LMTs|[Mm]assoth[ée]rapeutes|[Tt]erapeutas)\s?[:,–-]?\s"
    rf"(?:are\s)?{_FULL},?\s(?:and|et|y|&)\s(?P<name>{_FULL})"
)
_GIVEN_ROLE = re.compile(
    rf"(?:[Mm]assage (?:therapist|by|with)|therapist,?|owner,?)\s(?P<name>{_ONE})(?=[\s,.!]|$)(?!\s[A-Z])"
)
_FOUNDED = re.compile(
    rf"(?<![\w’'])(?P<name>{_FULL}),?\s(?:[A-Z]{{2,6}},?\s){{0,3}}(?:founded|opened|started|established|has been "
    rf"(?:practicing|a massage)|graduated|received (?:her|his|their)|specializes|offers|provides|brings|se dedica|"
    rf"ofrece|atiende|propose|pratique|accueille)"
)
_APPOSITION = re.compile(
    rf"(?<![\w’'])(?P<name>{_FULL}),?\s(?:an?|is an?|your|our|une?)\s(?:[\w-]+[\s,]+){{0,4}}?(?:licensed|"
    rf"registered|certified|massage|massoth)",
)
CALL = re.compile(
    rf"\b(?:[Cc]all|[Tt]ext|[Ee]mail|[Cc]ontact|[Aa]sk for)(?:\s(?:or|and|&)\s(?:call|text|e-?mail))?\s"
    rf"(?P<name>{_ONE}|{_FULL})\s(?:at|on|today|now|directly|"
    rf"to)\b"
)
BIO = re.compile(rf"^\W*(?P<name>{_FULL}|[A-ZÀ-Ý][a-zà-ÿ]{{1,14}}?)['’]?s\s[Bb]io(?:graphy)?\b")
_THEIRS = re.compile(
    rf"(?<![\w’'])(?P<name>{_FULL}|{_ONE})['’]s\s(?:hands|practice|approach|sessions?|clients|work|studio|touch|"
    rf"training|experience|background|goal|passion|style|specialt(?:y|ies)|massages?)\b"
)
_GIVEN_DOES = re.compile(
    rf"^(?P<name>{_ONE})\s(?:has (?:been (?:a|practi)|provided|worked|helped|trained|over)|specializes|graduated|"
    rf"received (?:her|his|their)|completed (?:her|his|their)|earned (?:her|his|their)|began (?:her|his|their)|blends|"
    rf"combines|believes|is (?:passionate|trained|certified|licensed|dedicated|committed))\b"
)
_INCLUDING = re.compile(
    rf"[Tt]herapists?\s?[,(–—-]?\s?(?:including|such as)\s(?P<name>{_ONE})(?=\s(?:and|&)\s{_ONE}\b(?!\s[A-Z]))"
)
_INCLUDING_TOO = re.compile(
    rf"[Tt]herapists?\s?[,(–—-]?\s?(?:including|such as)\s{_ONE}\s(?:and|&)\s(?P<name>{_ONE})\b(?!\s[A-Z])"
)
_WITH = re.compile(
    r"(?:[Ss]essions?(?: [Rr]ates)?|[Bb]ook(?:ing)?|[Aa]ppointments?|[Cc]are|[Bb]odywork) with "
    rf"(?P<name>{_FULL})(?![\w’'])"
)
NAMED = re.compile(r"my name is|je m['’]appelle|me llamo|mi nombre es|mon nom est", re.IGNORECASE)
SENTENCE_START = re.compile(r"(?:^|[.!?]\s|\n)(?=[A-ZÀ-Ý])")
SPLIT_NAME = re.compile(r"(?<=[a-zà-ÿ])-\s(?=[A-ZÀ-Ý][a-zà-ÿ])")  # "McAdams- Bell"
ATTENDED = re.compile(r"\b(?:attended|studied|completed)\b[^.!?]{0,150}$")
TAUGHT_BY = re.compile(
    r"(?:issued|taught|trained|training|studied|instructed|emitid[oa]|impartid[oa]|d[ée]livr[ée]e?|certified|workshops?|"
    r"seminars?|courses?|class(?:es)?) (?:by|with|under|por|con|par|avec|from) (?:\w+\.? )?$",
    re.IGNORECASE,
)
LIST_OF = re.compile(
    r"(?:[Tt]herapists?|[Pp]ractitioners?|RMTs|LMTs|[Mm]assoth[ée]rapeutes|[Tt]erapeutas)\s?:\s?(?P<names>[A-ZÀ-Ý][^:;!?]{5,400})"
)
LIST_PARTS = re.compile(r"\s*(?:,|;|\s[&/·|]\s|\s(?:and|et|y)\s)\s*")
ANY_NAME = re.compile(rf"{_FULL}|{_ONE}")
NAME_LINE = re.compile(rf"^(?:\W{{0,3}}){_FULL}(?:\W{{0,2}})$")
ONE_LINE = re.compile(rf"^{_ONE}$")
ROLE_LINE = re.compile(
    rf"^(?:.{{0,40}}\b)?(?:{LETTERS}\b|(?i:massage therapist|massage practitioner|bodyworker|\btherapist\b|"
    rf"massoth[ée]rapeute|masajista|terapeuta|owner|founder|esthetician|rolfer))"
)
ONLY_ROLE = re.compile(
    r"^(?:licensed|registered|certified) massage (?:therapist|practitioner)\W*$|^(?:LMT|RMT|LMBT|CMT)\W*$",
    re.IGNORECASE,
)
TRADE_LINE = re.compile(r"^(?:registered |licensed |therapeutic |medical )?massage(?: therapy)?\W*$", re.IGNORECASE)
NUMBER_LINE = re.compile(
    r"^\W*(?:(?:tel|phone|call|text|cell|c|p|t|m)\W{1,3})?\(?[2-9]\d\d\)?[\s.-]{1,2}\d{3}[\s.-]\d{4}\b"
)
OTHER_ROLE = re.compile(
    r"^(?:\w+ ){0,2}(?:director|front desk|manager|receptionist|reception|office|admin\w*|coordinator|assistant|"
    r"co-?founder|intern|esthetician|nutritionist)\b",
    re.IGNORECASE,
)
# What stands right before or after a name.
DOCTOR_BEFORE = re.compile(r"\bDr\.?\s$")
DOCTOR_AFTER = re.compile(r"\W{1,3}(?:D\.?C\.?|N\.?D\.?|D\.?P\.?T\.?|D\.?O\.?M?\.?)(?!\w)")
LETTERS_AFTER = re.compile(rf".{{0,30}}?\b{LETTERS}\b")
JOINED_BEFORE = re.compile(r"[\w’']$")
FAMILY_AFTER = re.compile(rf"\s(?P<family>{WORD})(?![\w’'])")
LICENCE_LINE = re.compile(r"licen[sc]e|^\W*by\W*$", re.IGNORECASE)
FIRST_LINE = re.compile(r"^\W*(?:I am|I['’]m|I have been|As an?|My|is an?)\b")
TEAM = re.compile(
    r"\bteam\b|therapists|practitioners|\bstaff\b|about (?:me|us)|our people|meet|[ée]quipe|th[ée]rapeutes|equipo|"
    r"terapeutas",
    re.IGNORECASE,
)
_ROLES = ("therapist", "practitioner", "bodyworker", "rolfer", "massoth", "masaj", "terapeuta", "owner", "founder")
_LICENSED = ("licensed", "registered", "certified")
_AMONG = sought(*(f"therapists{mark}including" for mark in (" ", ", ", "—", " — ", " (", " – ")), "therapists such as")
_SEVERAL = sought("therapists", "practitioners", "owners", "rmts", "lmts", "rapeutes", "terapeutas")
# Each pattern, whether it may name someone whose given name is on no list, and the pieces one of which its line holds.
SENTENCES = (
    (_WITH_LETTERS, True, sought(
        "lmt", "rmt", "lmbt", "lmp", "cmt", "cmp", "ctmb", "mmp", "mti", "rmp", "clt", "nmt", "camtc", "l.m", "r.m",
        ", cr",
    )),
    (_WITH_TITLE, True, sought(*_ROLES, *_LICENSED)),
    (SHOUTED, False, sought("lmt", "rmt", "cmt", "lmbt")),
    (FIRST_PERSON, False, sought(
        "name is", "i'm", "i’m", "i am", "call", "appelle", "llamo", "nombre", "nom est", "suis", "soy", "im ",
    )),
    (_ROLE_BEFORE, False, sought(
        *_ROLES, "massage by", "therapy by", "owned by", "operated by", "massage with", "lmt", "rmt", "instructor",
        "proprietor", "therapy with",
    )),
    (_SECOND, False, _SEVERAL),
    (_THIRD, False, _SEVERAL),
    (_GIVEN_ROLE, False, sought("therapist", "massage by", "massage with", "owner")),
    (_FOUNDED, False, sought(
        "found", "open", "start", "establish", "graduated", "received", "speciali", "offers", "provides", "brings",
        "has been", "se dedica", "ofrece", "atiende", "propose", "pratique", "accueille",
    )),
    (BIO, True, sought("s bio")),
    (_THEIRS, False, sought("'s ", "’s ")),
    (_GIVEN_DOES, False, sought(
        "has ", "speciali", "graduated", "received", "completed", "earned", "began", "blends", "combines", "believes",
        "is ",
    )),
    (_APPOSITION, True, sought(*_LICENSED, "massoth")),
    (_INCLUDING, False, _AMONG),
    (_INCLUDING_TOO, False, _AMONG),
    (_WITH, False, sought(
        "sion with", "sions with", "rates with", "book with", "king with", "ment with", "ments with", "care with",
        "work with",
    )),
    (CALL, False, sought("call", "text", "email", "contact", "ask for")),
    (IS_THERAPIST, False, sought(*_ROLES, "lmt", "rmt", "lmbt")),
)  # fmt: skip
