"""Closed lists that tell a person's name from the words around it."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a line."""
    return frozenset(text.split())


HONORIFICS = word_set(
    "mr mrs ms miss mx dr doctor prof professor sir madam mme mlle monsieur madame rev reverend fr sr. sra srta "
    "señor señora senor senora sri smt hon"
)

GENERATIONS = {
    "jr": "Jr",
    "jnr": "Jr",
    "junior": "Jr",
    "fils": "Jr",
    "sr": "Sr",
    "snr": "Sr",
    "senior": "Sr",
    "père": "Sr",
    "ii": "II",
    "2nd": "II",
    "iii": "III",
    "3rd": "III",
    "iv": "IV",
    "4th": "IV",
}

PARTICLES = word_set(
    "de del della der den di da das do dos du des la las le les lo los van von vom zu zur zum ten ter te af av bin ibn "
    "ben al el st ste saint sainte san santa mac mc o d l abu abd y e"
)

MAIDEN_MARKS = word_set("née nee né born formerly fka maiden geb")

# Credential letters, folded and without dots. Those in DOUBTFUL_LETTERS are also surnames, given names or plain words:
# they count only in capitals and never as the last name token left.
LETTERS = word_set(
    "lmt rmt lmp cmt cmp lmbt lmct lmtp mt rmp mti lmti mmp cmmp cmmt mmt cnmt nmt mmlt cmlt bctmb nctmb nctm "
    "ncbtmb ncetm ncetmb mblex clt cltlana lana cdt cdp mld cmld mldc rct cct cst cstd stm smt csmt cams cmtpt "
    "cmtpta dc dpt mpt pt pta ot otr otrl cota rpt physio do md nd np rn lpn bsn msn dnp aprn cnm cpm lm pa pac "
    "pharmd phd edd psyd dds dmd dom lac rac dacm daom domp doms dipl diplac diplom ma ms msc mba mph med mfa ba bs "
    "bsc bhsc bfa bkin bed bba aa aas aos as mot mspt mscpt cpt nasm cpts ces pes cscs atc lat cat ryt eryt ryt200 "
    "ryt500 eryt200 eryt500 cyt yt rpp rcst bcst bcsi cr cra rcr arcb nbcr crm rtmp lmm lme le la lep lcsw lpc lmft "
    "lmhc lcpc ncc cht chht chp chc chhc hhp hhc ihp inhc rd rdn ldn cns cn fdn fmt irtp abmp amta ncbtm cimi ceim "
    "cpmt cpmm cmtnl nsmt crmtm crmt rcrt mtaa nhpc rmtao aopt clta lvn rma cma lmr cles esmt ispa arp erp bst "
    "cesmt pnmt facsm facs faaompt ocs scs fafs mtc cidn ck kt ckt cktp cktt art artp fst gtp sfma fms fmp trx usaw "
    "usat ba(hons) licsw mdiv dmin lms lmtbc dch osteo do(mp) rosteo mofm csr csrt rsmt pmt lmtc"
)
DOUBTFUL_LETTERS = word_set(
    "ma do le la as an pa pt ba bs cr mt ms md nd np ot cat lat med ed art arp lee lam ck kt cn dom mot fst bst ces "
    "bed trx pes lm aa"
)
# Surnames of two letters that are letters too: in an all-capital name they stay unless a comma sets them apart.
SHORT_SURNAMES = word_set(
    "ma do le la ba an ng wu li yu he hu lu xu ho ko oh ha vo vu ly ngo su du fu gu ye so ro ki pa"
)

TITLE_PHRASES = (
    "licensed massage and bodywork therapist",
    "licensed clinical massage therapist",
    "licensed medical massage therapist",
    "licensed massage therapist",
    "licensed massage practitioner",
    "registered massage therapist",
    "registered massage practitioner",
    "certified massage therapist",
    "certified massage practitioner",
    "certified medical massage practitioner",
    "certified lymphedema therapist",
    "certified neuromuscular therapist",
    "certified rolfer",
    "board certified",
    "medical massage practitioner",
    "medical massage therapist",
    "sports massage therapist",
    "massage practitioner",
    "massage therapist",
    "massothérapeute agréée",
    "massothérapeute agréé",
    "massothérapeute",
    "massotherapeute",
    "massotherapist",
    "bodyworker",
    "physical therapist",
    "chiropractor",
    "acupuncturist",
    "owner and therapist",
    "owner",
    "founder",
    "proprietor",
)

# A word that no person's name has: one of them makes a text a business.
BUSINESS = word_set(
    "massage massages massotherapy massothérapie massotherapie therapeutic therapeutics therapy therapies thérapie "
    "therapist therapists spa spas dayspa wellness wellbeing bodywork bodyworks bodycare clinic clinics clinique "
    "clinical center centers centre centres studio studios salon llc pllc inc incorporated ltd limited corp "
    "corporation company pc pllp lp co group associates partners enterprises holdings services service institute "
    "academy school college hospital medical medicine health healthcare healing healers healer rehab rehabilitation "
    "rehabilitative physiotherapy physio chiropractic chiropractors acupuncture sports sport fitness gym yoga "
    "pilates reflexology reiki shiatsu thai swedish deep tissue trigger point neuromuscular myofascial lymphatic "
    "lymphedema drainage craniosacral rolfing relaxation relax relief pain injury recovery restoration restorative "
    "renew renewal rejuvenation rejuvenate balance balanced harmony hands touch knead kneads kneaded kneading "
    "muscle muscles body bodies soul spirit mind holistic natural integrative integrated integrity kinetic motion "
    "movement mobile mobility hot stones stone aromatherapy skincare skin beauty aesthetics esthetics esthétique "
    "resort hotel retreat sanctuary oasis haven serenity tranquility tranquil bliss blissful zen lotus nirvana "
    "escape escapes pure elements elemental essential essentials organic solutions works workshop collective "
    "cooperative co-op practice practitioners professional professionals performance orthopedic orthopaedic "
    "prenatal pregnancy oncology advanced complete total family community downtown uptown north south east west "
    "northern southern eastern western central valley mountain river lake lakeside creek ocean bay harbor harbour "
    "beach island prairie desert sunset sunrise moon sun earth sky garden gardens tree trees leaf willow oak cedar "
    "pine maple bamboo lavender sage blossom blooms peaceful peace calm stillness still quiet breathe breath flow "
    "flowing energy energetics vital vitality life living rest restful sleep stress unwind reset refresh revive "
    "release releasing soothe soothing gentle kind caring care compassionate nurture nurturing radiant radiance "
    "glow shine inner outer whole wholeness wholistic well being path journey way art arts artistry science "
    "sciences design designs creations concepts connection connections alignment align aligned posture structural "
    "integration spine spinal back neck foot feet head shoulder knot knots knotty not your our the and at by for "
    "from with under over of in on to a an my & + house home office suite place space room rooms corner shop store "
    "boutique lounge bar factory depot zone hub world planet universe city town village american canadian national "
    "international global pacific atlantic first second premier premium elite royal luxury deluxe signature "
    "ultimate perfect best better great good golden silver diamond blue green red white black purple new old modern "
    "ancient traditional sacred divine heaven heavenly angelic mystic mystical magic dream dreams wish soins santé "
    "détente mieux-être bien-être corps mains et chez salle équilibre appointments booking book online welcome "
    "contact about us team staff meet bio biography profile directory listing reviews location locations hours "
    "independent contractor freelance self-employed proprietor unknown n/a none null test front desk reception "
    "manager rmts lmts"
)
# Business words that are also given names or surnames: they count as business words only beside no given name.
AMBIGUOUS_BUSINESS = word_set(
    "harmony haven serenity sage willow stone lake rivers river moon bay oak pine cedar art rest back foot head "
    "knot royal golden silver green white black blue red king best good great well wells way bliss pure west north "
    "south east light wood woods bishop kind care hill hills dale glen heath park parks fields field banks brook "
    "brooks leaf lotus sky sun bar shine blossom garden world house home room first deep may so an a la city "
    "village angel hope grace joy love zen stills still magic shop office place space"
)

# Business words that may end an otherwise plain name of two or three words ("Amber Springs", "Grace Point").
BUSINESS_ENDINGS = word_set(
    "springs point pointe falls ridge woods hills meadows meadow grove heights landing crossing gate gates path "
    "ways roots wings waters wave waves light lights stars touch hands"
)

VIETNAMESE_SURNAMES = word_set(
    "nguyen tran le pham huynh hoang phan vu vo dang bui do ho ngo duong ly dinh truong trinh luong cao lam mai ton "
    "ta quach chau doan dao luu thai vuong diep tang giang kieu lieu quan thach han to tu"
)
VIETNAMESE_MIDDLES = word_set("thi van huu duc minh ngoc thanh quang xuan hong kim bich thu my")
