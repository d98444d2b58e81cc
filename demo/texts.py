"""Sentences that practices' pages are made of. Only the two tables by vocabulary id name terms of the vocabulary."""

from __future__ import annotations

# id: the name on the page, and two ways to describe it
TECHNIQUES = {
    "medical-massage": (
        "Medical massage",
        "For a complaint that has a name: examined, planned, treated, measured again.",
        "With your doctor's diagnosis in hand, and our notes back to your doctor.",
    ),
    "deep-tissue": (
        "Deep tissue massage",
        "Slow, firm work on the deeper layers, always within what you find comfortable.",
        "We wait for the layers to let go instead of forcing them.",
    ),
    "trigger-point": (
        "Trigger point therapy",
        "Steady thumbs on the places that send signals elsewhere, held until they soften.",
        "We map where each place refers to, press, wait, and measure again.",
    ),
    "myofascial-release": (
        "Myofascial release",
        "A sustained, gentle hold without oil, so that the body can lengthen in its own time.",
        "Three to five minutes a hold: quiet work that lasts.",
    ),
    "neuromuscular": (
        "Neuromuscular therapy",
        "A precise examination, muscle by muscle, and work on those that matter.",
        "Detailed work along a map of muscle and nerve, explained as we go.",
    ),
    "manual-lymphatic-drainage": (
        "Manual lymphatic drainage",
        "Very light, rhythmic strokes in the school of Dr. Vodder.",
        "So light that most people fall silent; the effect shows the next morning.",
    ),
    "sports-massage": (
        "Sports massage",
        "Before, between and after hard training, timed to your calendar.",
        "Bring your training log: we plan the work around it.",
    ),
    "orthopedic-massage": (
        "Orthopedic massage",
        "Tests first, then work on what the tests show, then the tests again.",
        "We compare left with right, note it down, and attend to what differs.",
    ),
    "craniosacral": (
        "Craniosacral therapy",
        "Light holds from the crown down, for people who want no pressure at all.",
        "Quiet, clothed, and slow.",
    ),
    "cupping": (
        "Cupping",
        "Gentle suction that lifts instead of pressing; the marks fade within a week.",
        "Silicone cups, moved slowly along the muscle.",
    ),
    "prenatal": (
        "Prenatal massage",
        "Side-lying and well supported, from the second trimester on.",
        "Extra pillows, shorter holds, and a doctor's word where it is needed.",
    ),
    "scar-massage": (
        "Scar massage",
        "Small movements that help the skin glide again, once your doctor agrees.",
        "We begin at the edges and teach you the daily routine.",
    ),
    "instrument-assisted": (
        "Instrument-assisted soft tissue mobilization",
        "Smooth steel tools for stubborn places, a minute or two at a time.",
        "A tool finds what a thumb cannot; the thumb does the rest.",
    ),
    "oncology-massage": (
        "Oncology massage",
        "Adapted pressure, position and length, agreed with your care team.",
        "Trained hands, a long conversation first, and no hurry.",
    ),
    "stretching": (
        "Assisted stretching",
        "PNF on the table: you push, you breathe out, we gain a little.",
        "We move, you breathe; homework takes five minutes a day.",
    ),
    "swedish": (
        "Swedish massage",
        "Long, flowing strokes from top to toe.",
        "Unhurried, with warm oil.",
    ),
    "hot-stone": (
        "Hot stone massage",
        "Basalt, smooth as river pebbles and warm as bread.",
        "Warmth that reaches deep without any weight.",
    ),
    "aromatherapy": (
        "Aromatherapy massage",
        "Choose lavender, cedar or sweet orange.",
        "Three scents to choose from, blended the same morning.",
    ),
    "reflexology": (
        "Reflexology",
        "An hour for the soles, in a reclining chair.",
        "Thumb by thumb across the sole.",
    ),
    "couples-massage": (
        "Couples massage",
        "Two tables in our candle-lit suite.",
        "Two tables, one room, no clocks.",
    ),
}

CONDITIONS = {
    "nerve-compression": "pinched nerves",
    "carpal-tunnel": "carpal tunnel syndrome",
    "sciatica": "sciatica",
    "low-back-pain": "low back pain",
    "neck-pain": "neck pain",
    "shoulder-pain": "shoulder pain",
    "headache": "tension headaches",
    "migraine": "migraines",
    "jaw-pain": "jaw pain",
    "whiplash": "whiplash",
    "motor-vehicle-injury": "car accident injuries",
    "work-injury": "repetitive strain injuries",
    "sports-injury": "sports injuries",
    "frozen-shoulder": "frozen shoulder",
    "plantar-fasciitis": "plantar fasciitis",
    "fibromyalgia": "fibromyalgia",
    "lymphedema": "lymphedema",
    "post-operative": "recovery after surgery",
    "scar-tissue": "scar tissue",
    "arthritis": "arthritis",
    "chronic-pain": "chronic pain",
    "disc-disorder": "herniated discs",
    "thoracic-outlet": "thoracic outlet syndrome",
    "tennis-elbow": "tennis elbow",
    "multiple-sclerosis": "multiple sclerosis",
    "parkinsons": "Parkinson's disease",
    "scoliosis": "scoliosis",
    "hip-pain": "hip pain",
    "pregnancy": "pregnancy aches",
    "stress": "stress",
    "insomnia": "insomnia",
}

MEDICAL_INTRO = (
    (
        "We work with a plan: your first visit begins with a health history and an assessment, and every few "
        "sessions we measure again."
    ),
    (
        "Physicians send us people whose complaint has a cause that hands can reach. We assess, treat the affected "
        "area, and report back to your doctor."
    ),
    "Treatment here is focused: we look for what restricts you, work on it, and give you something to do at home.",
    (
        "This is a treatment room, not a spa: bright, quiet, and equipped for assessment. You keep your clothes on "
        "while we test how you move, and you see the notes we take."
    ),
    (
        "We work on one thing at a time. You tell us what you want to do again, we find what is in the way, and we "
        "agree on a treatment plan before we begin."
    ),
    (
        "A small clinic with long appointments. There is time to listen, to examine, to treat, and to explain what we "
        "found in words that make sense at home."
    ),
)

SPA_INTRO = (
    "Leave the world at the door. Soft light, warm robes and an unhurried hour for yourself.",
    "A place to relax and be pampered: slip into a robe, sip herbal tea, and let go of the week.",
    "Our spa has four rooms, a tea lounge and a fireplace. Come early and stay late.",
)

FIRST_VISIT = (
    (
        "Your first visit takes 75 minutes. We go through your history, test how you move, agree on a treatment plan, "
        "and then begin. Tell us at any time if it is too much."
    ),
    (
        "Bring your doctor's referral if you have one. We start with an intake and an assessment; the treatment itself "
        "is on the area that needs it, and you leave with a plan for the next weeks."
    ),
    (
        "You fill in a health history online before you come. In the room we ask, we test, and we begin only when you "
        "know what we are going to do and why. Wear something you can move in."
    ),
    (
        "Expect questions. We want to know when it began, what makes it worse and what you have tried. Afterwards we "
        "repeat the tests, so that both of us see whether something changed."
    ),
)

PLAN = (
    (
        "Most treatment plans run for four to six visits, a week apart at first. After the third we look at the notes "
        "together; if nothing has changed, we say so and write to your doctor."
    ),
    (
        "We write a treatment plan after the first visit and reassess every fourth. With your permission your "
        "physician gets a one-page report."
    ),
    (
        "Plans are short and written down. When you have reached what we agreed on, we stop; many people come back "
        "twice a year for a check."
    ),
)

BIOS = (
    "{given} came to this work after ten years in a physiotherapy office, and still thinks in assessments and plans.",
    "{given} has practised in {town} since {year} and teaches anatomy on Saturdays.",
    "After {hours} hours of school, {given} worked in a hospital ward before opening a room here.",
    "{given} used to row, and learned early what good hands are worth. Appointments are unhurried and well noted.",
    "{given} likes complicated cases, plain words and short treatment plans.",
    "Patients say that {given} listens first. Notes go to your doctor within two days if you wish it.",
    "{given} trained on the coast, practised up north, and has called {town} home since {year}.",
    "When not at the table, {given} keeps bees and reads journals.",
)

SPA_BIOS = (
    "{given} has a light hand for scents and a good memory for how you like your tea.",
    "{given} joined us in {year} and looks after our evening guests.",
)

INSURANCE = {
    "direct": "We offer direct billing to most extended health plans.",
    "auto": "We accept insurance with a doctor's prescription, PIP included.",
    "no": "We do not bill insurance, but gladly give a receipt.",
}

ACCESS = (
    "The entrance is step-free and the table lowers to wheelchair height.",
    "There is an elevator, and parking for two cars behind the house.",
    "Ground floor, wide doors, wheelchair accessible restroom.",
    "We are up one flight of stairs; the bus stops at the door.",
)

QUESTIONS = (
    ("Will it be too strong?", "It may be strong for a moment, never more than you agreed to. Say stop and we stop."),
    ("How many visits will I need?", "We tell you after the first, and we count them with you."),
    ("Do I need a referral?", "Not to see us. Your insurer may ask for a prescription; call them before you come."),
    ("What if I must cancel?", "Call or write a day ahead and it costs nothing."),
    ("Do you replace my doctor?", "No. We complement medical care, and send you back when something looks wrong."),
    ("May I bring someone?", "Of course. A friend may stay in the room."),
)

SPA_QUESTIONS = (
    ("When should I arrive?", "Half an hour early: the lounge is part of the visit."),
    ("Do you sell gift cards?", "Yes, at the desk and by post."),
)

TRANSLATED = {
    "fr": {
        "kind": "Massothérapie à {town}",
        "intro": "Nous travaillons avec un plan : bilan de santé, évaluation, traitement ciblé, puis nouvelle mesure.",
        "techniques": "Nos approches",
        "conditions": "Ce que nous traitons",
        "team": "Votre thérapeute",
        "fees": "Tarifs et assurances",
        "insurance": "Reçus pour assurances remis à chaque visite.",
        "visit_title": "Première visite",
        "visit": "Prévoyez 75 minutes : questions, évaluation, plan de traitement écrit, puis première séance.",
        "contact": "Nous joindre",
        "days": "Lundi au vendredi : {week}. Samedi : {saturday}.",
        "languages": "Nous parlons français et anglais.",
        "rate": "{minutes} minutes : {price} $",
    },
    "es": {
        "kind": "Masaje médico en {town}",
        "intro": "Trabajamos con un plan: historia clínica, evaluación, tratamiento de la zona afectada y otra medida.",
        "techniques": "Cómo trabajamos",
        "conditions": "Qué tratamos",
        "team": "Su terapeuta",
        "fees": "Precios y seguros",
        "insurance": "No facturamos a seguros; entregamos recibo en cada visita.",
        "visit_title": "Primera visita",
        "visit": "Reserve 75 minutos: preguntas, evaluación, plan de tratamiento escrito y primera sesión.",
        "contact": "Contacto",
        "days": "Lunes a viernes: {week}. Sábado: {saturday}.",
        "languages": "Hablamos español e inglés.",
        "rate": "{minutes} minutos: ${price}",
    },
}
