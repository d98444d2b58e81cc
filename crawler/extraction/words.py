"""Words that are no part of a person's name, though they stand beside names in capitals."""

_TEXT = """
massage therapy therapist therapists therapeutic healing hands spa wellness body bodywork center centre clinic studio
about us our your my the we welcome home services service contact book now online hours location locations monday
tuesday wednesday thursday friday saturday sunday january february march april june july august september october
november december swedish deep tissue thai hot stone sports prenatal reiki medical clinical licensed registered
certified massagist natural health care institute college school university academy board association american
national professional professionals street avenue road suite north south east west new san los santa fort saint city
county gift card cards certificate price prices pricing rates menu gallery blog news faq faqs policy policies privacy
terms facebook instagram google yelp twitter linkedin email phone call text address free first session sessions client
clients patient patients reviews review testimonials relaxation relax pain relief stress chronic injury recovery
treatment treatments back neck shoulder muscle head foot feet facial skin beauty salon day life living touch therapies
physical rehab rehabilitation chiropractic chiropractor acupuncture cupping reflexology trigger point myofascial
release lymphatic drainage craniosacral sacral aromatherapy shiatsu ashiatsu neuromuscular certificates mobile
corporate chair couples texas florida california ontario washington oregon ohio colorado arizona nevada virginia
carolina jersey york columbia canada states united mexico alberta quebec hello hi dear thank thanks happy every each
all more learn read view see schedule appointment appointments booking available insurance accepted offering offers
specials special packages package mother father mom military veteran veterans member members certification
certifications credentials education experience owner founder manager director receptionist instructor teacher student
front desk office practitioner in on at of for and or with by from to is a an it this that these those here there when
what why how who not no yes experienced trained expert passionate dedicated skilled qualified proud excited committed
currently also message messages texting integrative holistic bodies mind soul spirit energy balance harmony serenity
tranquil tranquility oasis zen lotus advanced basic traditional full half hour minute minutes year years since over
both located based born originally copyright rights reserved powered designed website site web design llc inc ltd pllc
mon tue wed thu fri sat sun nurse nursing doctor dr physician physiotherapist
support staff team bay square plaza heights falls creek river valley harbour harbor beach island village downtown
massothérapeute massothérapie masaje
masajes terapia clínica clinique
"""
NOT_NAMES = frozenset(_TEXT.split())
