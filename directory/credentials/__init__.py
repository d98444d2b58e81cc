"""Credential claims: what people write after their names, read into something a register can be asked for."""

from directory.credentials.data import Schemes, find_issuer, load_schemes, load_titles
from directory.credentials.find import find_claims
from directory.credentials.model import (
    PARSER_VERSION,
    REGISTER_KINDS,
    CredentialKind,
    Family,
    FoundClaim,
    LicenceKey,
    ParsedClaim,
)
from directory.credentials.npi import is_npi
from directory.credentials.parse import parse_claim
from directory.credentials.register import family_of_type, key_of_record, letters_of, title_of_record

__all__ = [
    "PARSER_VERSION",
    "REGISTER_KINDS",
    "CredentialKind",
    "Family",
    "FoundClaim",
    "LicenceKey",
    "ParsedClaim",
    "Schemes",
    "family_of_type",
    "find_claims",
    "find_issuer",
    "is_npi",
    "key_of_record",
    "letters_of",
    "load_schemes",
    "load_titles",
    "parse_claim",
    "title_of_record",
]
