"""People's names: from a heading to a name, from two names to a grade.

`split_title` finds the person and the practice, `parse_name` the parts, `compare_names` how well two names agree.
"""

from directory.names.compare import compare_names, compare_tokens
from directory.names.fold import fold, sound
from directory.names.model import Agreement, NameComparison, NameGrade, PersonName, TitleParts
from directory.names.parse import parse_name
from directory.names.tables import is_family, is_given
from directory.names.title import is_business_name, split_title

__all__ = [
    "Agreement",
    "NameComparison",
    "NameGrade",
    "PersonName",
    "TitleParts",
    "compare_names",
    "compare_tokens",
    "fold",
    "is_business_name",
    "is_family",
    "is_given",
    "parse_name",
    "sound",
    "split_title",
]
