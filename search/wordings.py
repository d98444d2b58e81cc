"""How people write distances, insurance, letters and codes in a search box, in English, French and Spanish."""

from __future__ import annotations

import re

from search import analysis

# Numbers written as words count only after "within" and the like: "five" alone may be part of a name.
NUMBERS = {
    **dict.fromkeys(("half a", "half an", "a half"), 0.5),
    **dict.fromkeys(("a", "one", "un", "una", "uno"), 1.0),
    **dict.fromkeys(("two", "deux", "dos"), 2.0),
    **dict.fromkeys(("three", "trois", "tres"), 3.0),
    **dict.fromkeys(("five", "cinq", "cinco"), 5.0),
    **dict.fromkeys(("ten", "dix", "diez"), 10.0),
    **dict.fromkeys(("fifteen", "quinze", "quince"), 15.0),
    **dict.fromkeys(("twenty", "vingt", "veinte"), 20.0),
    **dict.fromkeys(("thirty", "trente", "treinta"), 30.0),
    **dict.fromkeys(("fifty", "cinquante", "cincuenta"), 50.0),
}
_WITHIN = (
    r"\b(?:within|in|less than|up to|under|max|a menos de|hasta|en un radio de|à moins d[e'’]|dans un rayon d[e'’])"
)
_UNIT = r"(?P<unit>km|kms|kilomet(?:er|re)s?|kilómetros?|kilomètres?|mi|miles?|millas?|milles?)\b"
_TAIL = r"(?:\s*(?:radius|away|or less))?(?P<of>\s+(?:of|from|around|de|du|d['’])(?=\s|\w))?"
RADIUS = re.compile(rf"(?:{_WITHIN}\s*)?(?P<number>\d{{1,5}}(?:[.,]\d{{1,2}})?)\s*-?\s*{_UNIT}{_TAIL}", re.IGNORECASE)
RADIUS_IN_WORDS = re.compile(rf"{_WITHIN}\s*(?P<number>{'|'.join(NUMBERS)})\s+{_UNIT}{_TAIL}", re.IGNORECASE)

_INSURANCE_WORD = r"(?:insurances?|insurers?|seguros?(?: médicos?)?|assurances?|assureurs?)"
_BEFORE_INSURANCE = (
    r"(?:(?:my|the|your|any|private|health|medical|auto|car|direct|extended|el|la|mi|los|les|mes|des|une?|le|"
    r"re[çc]us? (?:d['’]|pour )|recibos? de|d['’]|l['’])\s*){0,3}"
)
# Who takes one of these takes insurance; the name itself stays a word that is looked for.
_INSURERS = (
    r"aetna|anthem|blue cross|blue ?shield|bcbs|cigna|humana|kaiser|medicaid|medicare|tricare|united ?health(?:care)?|"
    r"manulife|sun ?life|canada life|green ?shield|desjardins|medavie|great[ -]west|icbc"
)
INSURANCE = re.compile(
    rf"\b(?:(?:(?:that|who|which|que|qui)\s+)?(?:(?:can|do|does|will|directly|direct)\s+)?"
    rf"(?:takes?|taking|accepts?|accepting|with|has|have|covered by|bills?|billing|uses?|"
    rf"acept[ae]n?|con|tenga|tiene|accept(?:e|ent|ant)|avec|prend|prennent|couverte?s? par)\s+"
    rf"{_BEFORE_INSURANCE}{_INSURANCE_WORD}"
    rf"|(?:private|health|medical|auto|car|extended)\s+{_INSURANCE_WORD}"
    rf"|(?:re[çc]us?\s+(?:d['’]|pour\s+)|recibos?\s+de\s+)?{_INSURANCE_WORD})"
    r"(?:\s*-?\s*(?:accepted|ok|okay|welcome|covered|coverage|billing|plans?|claims?|receipts?|aceptado|acceptées?))?\b"
    r"|\bdirect(?:ly)?[ -]bill(?:s|ing)?(?: to)?\b|\b(?:in|out of)[ -]network\b"
    r"|\b(?:(?:takes?|accepts?|bills?|with)\s+)?PIP(?: claims?| insurance)?\b"
    r"|(?<!not )\b(?:takes?|taking|accepts?|accepting|covered by|bills?|prend|accepte|acept[ae]n?)\s+"
    rf"(?=(?:{_INSURERS})\b)"
    r"|\bextended (?:health )?(?:benefits?|care|coverage|plans?)\b|\b(?:health|insurance) benefits\b",
    re.IGNORECASE,
)
# Whoever has no insurance asks for nobody in particular: such words filter nothing.
NO_INSURANCE = re.compile(
    r"\b(?:no|without|w/o|(?:don['’]?t|do not) have|not covered by|sin|no tengo|sans|(?:je n['’]ai )?pas d['’])\s*"
    rf"{_BEFORE_INSURANCE}{_INSURANCE_WORD}\b|\buninsured\b|\bself[ -]pay(?:ing)?\b|\bout of pocket\b",
    re.IGNORECASE,
)
_LANGUAGE_NAMES = {
    "ar": "arabic|árabe|arabe", "ase": "american sign language|asl", "de": "german|allemand|alemán",
    "el": "greek|grec|griego", "en": "english|anglais|inglés|ingles", "es": "spanish|español|espanol|espagnol",
    "fa": "farsi|persian", "fr": "french|français|francais|francés", "he": "hebrew|hébreu|hebreo", "hi": "hindi",
    "it": "italian|italiano|italien", "ja": "japanese|japonés|japonais", "ko": "korean|coreano|coréen",
    "pa": "punjabi|panjabi", "pl": "polish|polonais|polaco", "pt": "portuguese|portugués|portugais",
    "ro": "romanian|roumain|rumano", "ru": "russian|russe|ruso", "tl": "tagalog|filipino",
    "uk": "ukrainian|ukrainien|ucraniano", "ur": "urdu", "vi": "vietnamese|vietnamien|vietnamita",
    "yue": "cantonese|cantonais", "zh": "mandarin|chinese|chinois|chino",
}  # fmt: skip
LANGUAGES = {name: code for code, names in _LANGUAGE_NAMES.items() for name in names.split("|")}
_LANGUAGE = f"(?P<{{}}>{'|'.join(sorted(LANGUAGES, key=len, reverse=True))})"
SPEAKS = re.compile(
    r"\b(?:(?:that|who|which|qui|que)\s+)?(?:speaks?|speaking|fluent in|parle(?:nt)?|parlant|habl[ae]n?|in|en)\s+"
    rf"(?:le |l['’])?{_LANGUAGE.format('spoken')}\b|\b{_LANGUAGE.format('tongue')}[ -](?:speaking|speakers?)\b",
    re.IGNORECASE,
)
VERIFIED = re.compile(r"\b(?:verified|licen[cs]e (?:checked|verified)|vérifiée?s?|verificad[oa]s?)\b", re.IGNORECASE)
NEAR = re.compile(
    r"(?:^|(?<=\s))(?:near(?:by| to)?|around|close to|next to|in|at|by|près de|proche de|autour de|à|cerca del?|en)\s+",
    re.IGNORECASE,
)
NEAR_ME = re.compile(
    r"\b(?:near|around|close to|next to) me\b|\bnearby\b|\bcerca de mí\b|\bprès de (?:moi|chez moi)\b", re.IGNORECASE
)
POSTAL = re.compile(r"\b(?:\d{5}(?:-\d{4})?|[A-Za-z]\d[A-Za-z](?:[ -]?\d[A-Za-z]\d)?)\b")
# What announces a code and says nothing beside it: "zip 67203", "ICD-10: M54.5", "Dx M54.2".
CODE_HERALD = re.compile(
    rf"\b(?:zip(?: code)?|postal code|code postal|código postal)\s*:?\s*(?={POSTAL.pattern})"
    r"|\b(?:(?:icd|cim|cie)(?:[ -]?10)?(?:[ -]?cm)?|dx|diagnos(?:is|es|tic|tico))(?: codes?)?\s*:?\s*(?=[A-Z]\d)",
    re.IGNORECASE,
)
_LETTERS = ("BCTMB", "NCTMB", "NCTM", "MBLEX", "CMMP", "CMMT", "LAMT", "LMBT", "CMT", "LMP", "LMT", "MMP", "MMT", "RMT")
LETTERS = re.compile(
    rf"\b(?:CLT-LANA|CLT|{'|'.join(r'[.]?'.join(letters) for letters in _LETTERS)})\b(?:(?<=[.]\w)[.])?", re.IGNORECASE
)
POSSESSIVE = re.compile(r"['’]s\b")
WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")

# What everybody here is or does, and words that only hold a sentence together: they tell no entry from another.
COMMON_WORDS = frozenset(
    analysis.stem(analysis.fold(word))
    for word in (  # noqa: SIM905 - words read better in lines
        "massage massages masseuse masseur massotherapy massothérapie massothérapeute masaje masajes masajista "
        "terapeuta therapist therapists therapy therapeutic thérapeute practitioner practitioners specialist "
        "expert provider medical clinical registered licensed certified treatment treatments help good best find "
        "need needs looking want search someone person anyone who can do does please somebody pain-relief doctor "
        "service services local nearest closest therapie terapia busco necesito cherche besoin un una us now today "
        "por favor masso massos massothérapeutes masajistas thank thanks merci gracias hello hi bonjour hola "
        "that which what when while because if not no but have has had am i'm i've get gets getting after before "
        "some any very really pour par que qui avec j'ai para con tengo quiero"
    ).split()
)

# Where a complaint or a technique was understood, the words that tell of it: whose it is, where and when it hurts.
# Written small, they tell no entry from another.
TELLING_WORDS = frozenset(
    (  # noqa: SIM905 - words read better in lines
        "i'm ive he she her his him they them their we our you this these those there here it's its im was were been "
        "being had just too also so then since until during through over under up down out off back again still "
        "always often sometimes never keep keeps kept start started woke wake wakes waking feel feels feeling felt "
        "go goes going went come comes came make makes made turn turning walk walking sit sitting stand standing "
        "lie lying sleep sleeping drive driving work working lift lifting bend bending move moving chew chewing "
        "stare staring phone computer desk "
        "lock locks locking locked pop popping click clicking swell swelling burn burning hurt hurts hurting "
        "left right both side sides all whole upper lower inside outside top bottom behind between "
        "day days night nights morning mornings week weeks month months year years ago last "
        "old new bad really very much more most lot kind pain pains painful ache aches aching sharp dull "
        "sore flare flares recovery recovering rehab "
        "head neck shoulder shoulders arm arms elbow elbows wrist wrists hand hands finger fingers thumb thumbs chest "
        "rib ribs hip hips groin leg legs thigh thighs knee knees calf calves shin shins ankle ankles foot feet heel "
        "heels toe toes muscle muscles joint joints nerve nerves jaw "
        "husband hubby wife partner mother mom mum father dad son daughter kid kids baby grandma grandpa guy lady man "
        "woman people clinic office place appointment session sessions "
        "au aux ce cette ces il elle nous vous je suis est sont ai as fait depuis quand dans sur sous chez plus moins "
        "tres trop bien apres avant pendant jour jours nuit matin soir semaine semaines mois mari femme mere pere fils "
        "fille enfant bebe cou epaule epaules bras coude coudes poignet main mains doigt doigts dos hanche jambe "
        "jambes genou genoux mollet cheville pied pieds talon "
        "al los lo es esta estan mucho mucha este esto soy estoy se su sus muy mas cuando desde hace despues antes "
        "durante dia dias noche manana mananas semana semanas mes esposo esposa marido mujer mama papa hijo hija bebe "
        "cuello hombro hombros brazo brazos codo muneca mano manos dedo dedos cadera pierna piernas rodilla rodillas "
        "tobillo pie pies talon masticar trabajo gente senora senor"
    ).split()
)

# Everyday words, folded, that happen to be one slip from the name of a complaint or a technique ("plates" and Pilates):
# whoever writes one means it. Found by correcting the 25,000 commonest English and 12,000 French and Spanish words.
EVERYDAY_WORDS = frozenset(
    (  # noqa: SIM905 - words read better in lines
        "adherents adoptada adoptado agujeros alojamiento appoints arteries augustin automatic autorite autorites "
        "backpack bamboo blaming blasting blazing bleeding blending blinding blocking blogging blooming boarding "
        "boasting boating boosting bowed bowel branding california californian californie cancel cancelar cancels "
        "catalana catolicos chambres chimie chipping chloride chopping clapping clinging clipping colin colis "
        "combining comic comicios concerns concerts concesion concession concessions conclusion confession confusion "
        "conspiration constate constitue constituted constitution contractor contractors contractual counting "
        "coupling craneo creatrice cuarenta curvature decreased depletion deprive deprived destroys detresse "
        "direction dizaines enciende endorse endorsed entierement entonces entouree entregado entrenamiento entres "
        "equipement espacios estes etres exhaustive expresado factores facturas facture factures fascista fatima "
        "features fertilizer festividad fibra fibre folds fourrure games gares gaston gates heartache immobilier "
        "incoming indignation inflacion inflated informacion informaciones informado informed infrared inquiries "
        "insignia juguetes knows latitude lecciones legion lesson magma mamma manieres marca marcada marcado marcador "
        "marcando marco marcos marea maree mares maria mario marta marzo mateo matieres migrant migrantes migrants "
        "migrate migrated migrating mobilier morality necklace needing nudes overdose parental pasture pastures "
        "pensamiento performs pilares pilotes piramide pirates plates polarized popularite popularity postre "
        "precursor primates raider raiders reduction reflejo reflex roller rolling roofing salga saura scams scanning "
        "scans scare scares scarf scaring scary scraping scrum sears selling semantics shelling shilling shooting "
        "shrub shrubs sings sinks smelling spain spanning spawning spelling spilling spinning spoiling sporting "
        "spotting spraying stains stalling starring stars starting starving stealing sterling stirring straits "
        "streamed suelo swearing sweating sweeping swirling taking tapering tapping taxing tiran tiros tracer trader "
        "tradicion tradition traduccion traduction traer traicion trapping typing valor variees varies varietes "
        "ventajas ventanas ventures vestidos vestiges"
    ).split()
)
