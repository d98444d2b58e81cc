"""Sentences that practices' pages are made of, by vocabulary id."""

from __future__ import annotations

TECHNIQUES = {
    "deep-tissue": (
        "Deep tissue massage",
        "Slow, firm work on the deeper layers of muscle, within what you find comfortable.",
    ),
    "trigger-point": ("Trigger point therapy", "Steady pressure on the tight spots that send pain elsewhere."),
    "myofascial-release": ("Myofascial release", "A sustained, gentle stretch of the tissue around stiff muscles."),
    "neuromuscular": (
        "Neuromuscular therapy",
        "A precise assessment and treatment of the muscles that irritate a nerve.",
    ),
    "manual-lymphatic-drainage": (
        "Manual lymphatic drainage",
        "Very light strokes, by the Vodder method, that help swelling drain.",
    ),
    "sports-massage": ("Sports massage", "Before and after training, for recovery and to keep small injuries small."),
    "orthopedic-massage": (
        "Orthopedic massage",
        "Assessment of joints and soft tissue, then treatment of what the tests show.",
    ),
    "craniosacral": ("Craniosacral therapy", "Light holds at the head and lower back for headaches and tension."),
    "cupping": ("Cupping", "Gentle suction that lifts tight tissue instead of pressing it."),
    "prenatal": ("Prenatal massage", "Side-lying, well supported, from the second trimester on."),
    "scar-massage": ("Scar massage", "Mobilising healed scars after surgery, once your surgeon agrees."),
    "instrument-assisted": ("Instrument-assisted soft tissue mobilization", "Smooth steel tools for stubborn tendons."),
    "oncology-massage": ("Oncology massage", "Adapted work for people in or after treatment for cancer."),
    "stretching": ("Assisted stretching", "PNF and assisted stretching to win back range of motion."),
    "swedish": ("Swedish massage", "Long, flowing strokes to calm and rest the whole body."),
    "hot-stone": ("Hot stone massage", "Warm basalt stones melt the week away."),
    "aromatherapy": ("Aromatherapy massage", "A restful hour with the essential oils you choose."),
    "reflexology": ("Reflexology", "Pressure points of the feet, for deep relaxation."),
    "couples-massage": ("Couples massage", "Side by side in our candle-lit suite."),
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
    "jaw-pain": "TMJ and jaw pain",
    "whiplash": "whiplash",
    "motor-vehicle-injury": "car accident injuries",
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
    "stress": "stress",
    "pregnancy": "pregnancy aches",
    "insomnia": "insomnia",
}

MEDICAL_INTRO = (
    (
        "We treat injury and pain with a plan: your first visit begins with a health history and an assessment, and "
        "every few sessions we measure again."
    ),
    (
        "Physicians send us people whose pain has a cause that hands can reach. We assess, treat the affected area, "
        "and report back to your doctor."
    ),
    "Treatment here is focused: we look for what restricts movement, work on it, and give you something to do at home.",
)

FIRST_VISIT = (
    (
        "Your first visit takes 75 minutes. We go through your history, test how you move, agree on a treatment plan, "
        "and then begin. Tell us at any time if the pressure is not right."
    ),
    (
        "Bring your doctor's referral if you have one. We start with an intake and an assessment; the treatment "
        "itself is on the area that needs it, and you leave with a plan for the next weeks."
    ),
)

SPA_INTRO = (
    "Leave the world at the door. Soft light, warm stones and an unhurried hour for yourself.",
    "A place to relax and be pampered: slip into a robe, sip herbal tea, and let go of the week.",
)

INSURANCE = {
    "direct": "We offer direct billing to most extended health plans.",
    "auto": "We accept motor vehicle insurance claims (PIP) and workers' compensation on prescription.",
    "no": "We do not bill insurance, but gladly give a receipt.",
}

FRENCH = {
    "intro": "Nous traitons la douleur et les blessures avec un plan : bilan, évaluation, puis un traitement ciblé.",
    "techniques": "Massage thérapeutique, drainage lymphatique manuel, points gâchettes et massage sportif.",
    "conditions": "Maux de dos, sciatique, maux de tête, douleurs au cou et récupération après une opération.",
    "insurance": "Reçus pour assurances remis à chaque visite.",
    "visit": "Première visite : bilan de santé, évaluation de la posture, puis traitement de la région douloureuse.",
}

SPANISH = {
    "intro": "Tratamos lesiones y dolor con un plan: historia clínica, evaluación y tratamiento de la zona afectada.",
    "techniques": "Masaje terapéutico, drenaje linfático manual, liberación miofascial y masaje deportivo.",
    "conditions": "Dolor de espalda, ciática, dolor de cuello, migraña y lesiones deportivas.",
    "insurance": "No facturamos a seguros; entregamos recibo.",
    "visit": "Primera visita: historia, evaluación del movimiento, plan de tratamiento y primera sesión.",
}
