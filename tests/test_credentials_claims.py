"""Claims are read into a key, or refused with a reason; nothing is ever mended."""

import pytest

from directory.credentials import CredentialKind, Family, LicenceKey, is_npi, load_schemes, load_titles, parse_claim

READ = [
    # what is written, region of the listing, jurisdiction, number
    ("LMT # 53968", "FL", "FL", 53968),
    ("Oregon LMT #24917", None, "OR", 24917),
    ("Oregon LMT #24917", "WA", "OR", 24917),
    ("TX LMT #012917", None, "TX", 12917),
    ("Licensed Massage Therapist #18917", "NY", "NY", 18917),
    ("LMT Lic.# 10917", "CO", "CO", 10917),
    ("LMBT NC#917", None, "NC", 917),
    ("NC LMBT license no. 19173", None, "NC", 19173),
    ("CAMTC #37913", None, "CA", 37913),
    ("CCHPBC RMT-009173", None, "BC", 9173),
    ("AZ MT-50917", None, "AZ", 50917),
    ("MA60917253", "WA", "WA", 60917253),
    ("ma60917253", "WA", "WA", 60917253),
    ("MA 60917253", "WA", "WA", 60917253),
    ("WA License MA60917253", "OR", "WA", 60917253),
    ("MT.0012917", "CO", "CO", 12917),
    ("MT 12917", "CO", "CO", 12917),
    ("MT 12917", "MT", "MT", 12917),
    ("MA 12917", "MA", "MA", 12917),
    ("MA 41917", "FL", "FL", 41917),
    ("LMT 12917 (CO)", None, "CO", 12917),
    ("License #MT-004917, TX", None, "TX", 4917),
    ("12,917", "CO", "CO", 12917),
    ("LMT 12-917", "CO", "CO", 12917),
    ("MA-6091-7253", "WA", "WA", 60917253),
    ("0012917", "CO", "CO", 12917),
    ("lmt12917", "CO", "CO", 12917),
    ("LMT №12917", "CO", "CO", 12917),
    ("LMT 12917, exp 2027", "CO", "CO", 12917),
    ("LMT #2015", "CO", "CO", 2015),
    ("227.091753", "IL", "IL", 91753),
    ("33.019173", "OH", "OH", 19173),
    ("18KT00917300", "NJ", "NJ", 9173),
    ("9173917-4701", "UT", "UT", 9173917),
    ("MT Lic. 22066", "OR", "OR", 22066),
    ("MT, License #27279", "NY", "NY", 27279),
    ("MT #61540", "FL", "FL", 61540),
    ("FL MT #61676", "FL", "FL", 61676),
    ("MT MT-15035", "CO", "CO", 15035),
    ("MA License #61583", "FL", "FL", 61583),
    ("MA License #61583", "CT", "MA", 61583),
    ("MT License #4917", "MT", "MT", 4917),
    ("Florida License: MA 0012345", "FL", "FL", 12345),
    ("LMT-12345 (FL)", "FL", "FL", 12345),
    ("State of Florida lic. 61202", None, "FL", 61202),
    ("(Lic. MT.0014886)", "CO", "CO", 14886),
    ("LMT license number MA61583 exp. 08/2027", "FL", "FL", 61583),
]

REFUSED = [
    ("1234567893", "CO", "NPI"),
    ("NPI 1234567893", "CO", "NPI"),
    ("225700000X", "CO", "NPI or its taxonomy"),
    ("AEE-22-04917", "CO", "another profession"),
    ("LMT 12917/22917", "CO", "more than one number"),
    ("22-04917-000", "CO", "10 digits"),
    ("RN 123456", "CO", "another profession"),
    ("PT12345", "CO", "another profession"),
    ("Esthetician #12917", "CO", "another profession"),
    ("LMT 12917 / 22917", "CO", "more than one number"),
    ("LMT 2015", "CO", "looks like a year"),
    ("LMT 360-555-0100", "WA", "phone number"),
    ("MA609172531", "WA", "9 digits"),
    ("000000", "CO", "all zeros"),
    ("12917A", "CO", "letters and digits"),
    ("MA60917253", "OR", "may be a state"),
    ("MA 60917253", None, "may be a state"),
    ("XYZ12917", "WA", "do not stand before"),
    ("student massage therapist", "WA", "student"),
    ("student massage therapist #12917", "CO", "student"),
    ("Diploma in Massage Therapy", "CO", "schooling"),
    ("AMTA member #123456", "CO", "membership"),
    ("MBLEx passed 2015", "CO", "entry exam"),
    ("BCTMB #123456", "CO", "only its issuer"),
    ("CMMP certified", "CO", "only its issuer"),
]


@pytest.mark.parametrize(("text", "region", "jurisdiction", "number"), READ)
def test_a_claim_is_read_into_the_key_its_board_would_look_up(
    text: str, region: str | None, jurisdiction: str, number: int
) -> None:
    claim = parse_claim(text, region)
    assert claim.rejected is None
    assert claim.key == LicenceKey(jurisdiction, Family.MASSAGE, number)


@pytest.mark.parametrize(("text", "region", "reason"), REFUSED)
def test_what_is_no_massage_licence_number_is_refused_with_its_reason(
    text: str, region: str | None, reason: str
) -> None:
    claim = parse_claim(text, region)
    assert claim.key is None
    assert reason in (claim.rejected or "")


@pytest.mark.parametrize("text", ["", " ", "#", "LMT", "\x00", "§" * 500, "1" * 500, "MT.", "№№№", "９１７"])
def test_no_text_makes_the_parser_fail(text: str) -> None:
    assert parse_claim(text, "CO").raw == text


def test_every_scheme_reads_its_own_samples() -> None:
    for scheme in load_schemes().known.values():
        for written, number in scheme.samples:
            claim = parse_claim(written, scheme.jurisdiction)
            assert claim.key == LicenceKey(scheme.jurisdiction, scheme.family, number), (scheme.jurisdiction, written)


def test_every_confirmed_scheme_has_samples_and_writes_what_it_reads() -> None:
    for scheme in load_schemes().known.values():
        if scheme.mark in ("C", "S"):
            assert scheme.samples, scheme.jurisdiction
        for _, number in scheme.samples:
            written = scheme.write.format(n=number)
            claim = parse_claim(written, scheme.jurisdiction)
            if scheme.family is Family.MASSAGE:
                assert claim.key is not None, written
                assert claim.key.number == number, written


def test_an_establishment_number_is_of_another_family_than_a_therapists() -> None:
    establishment = parse_claim("MM#47917", "FL")
    therapist = parse_claim("MA47917", "FL")
    assert establishment.kind is CredentialKind.ESTABLISHMENT
    assert establishment.key == LicenceKey("FL", Family.ESTABLISHMENT, 47917)
    assert therapist.key == LicenceKey("FL", Family.MASSAGE, 47917)


def test_the_place_in_the_claim_outweighs_the_listings() -> None:
    claim = parse_claim("Oregon LMT #24917", "WA")
    assert claim.jurisdiction == "OR"
    assert claim.printed_jurisdiction
    assert not parse_claim("LMT #24917", "WA").printed_jurisdiction


def test_outside_the_us_and_canada_no_number_is_read() -> None:
    claim = parse_claim("RMT 12917", "NSW", "AU")
    assert claim.key is None
    assert "outside" in (claim.rejected or "")
    assert parse_claim("LMT 12917", "WA", "AU").key is None, "Western Australia is not Washington"


def test_titles_say_what_kind_of_thing_they_are() -> None:
    kinds = {
        "LMT": CredentialKind.LICENCE,
        "RMT": CredentialKind.REGISTRATION,
        "CMT": CredentialKind.CERTIFICATION,
        "BCTMB": CredentialKind.CERTIFICATION,
        "CLT": CredentialKind.CERTIFICATE,
        "CLT-LANA": CredentialKind.CERTIFICATION,
        "MMP": CredentialKind.CERTIFICATE,
        "MBLEx": CredentialKind.EXAM,
        "ABMP": CredentialKind.MEMBERSHIP,
        "massothérapeute agréée": CredentialKind.MEMBERSHIP,
        "terapeuta de masaje licenciada": CredentialKind.LICENCE,
        "massage therapy student": CredentialKind.STUDENT,
    }
    assert {text: parse_claim(text, "CO").kind for text in kinds} == kinds


def test_no_two_titles_share_a_writing() -> None:
    written = [text for title in load_titles() for text in (*title.letters, *title.phrases)]
    assert len(written) == len(set(written))


def test_npi_check_digit() -> None:
    assert is_npi("1234567893")
    assert not is_npi("1234567890")
    assert not is_npi("3234567893")
    assert not is_npi("123456789")
