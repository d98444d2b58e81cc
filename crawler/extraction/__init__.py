"""Reading practice pages: from bytes to what the page states, each value with the words it was read from."""

from crawler.extraction.page import extract_page, to_contract_json

__all__ = ["extract_page", "to_contract_json"]
