"""Errors of the tagging package. Pure. A message names file, key, value and what to do."""


class TaggingError(Exception):
    """Anything that went wrong between turns and findings."""


class LexiconInvalid(TaggingError):
    """A lexicon cannot be used: the night stops before anything is tagged."""


class ClassifierInvalid(TaggingError):
    """A classifier file is missing, damaged or made for another version."""


class GivenRowInvalid(TaggingError):
    """A row of transcripts from elsewhere cannot be read; the other rows can."""
