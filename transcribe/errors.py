"""Errors of the transcribe package. Pure. A message names file, key, value and what to do."""

from transcribe.call import Fault, FaultReason


class TranscribeError(Exception):
    """Anything that went wrong between a delivered file and its turns."""


class InboxError(TranscribeError):
    """The drop folder or its manifest cannot be used at all: the night stops."""


class WeightsMissing(TranscribeError):
    """No usable Whisper weights: the message says how to get them."""


class AudioUnreadable(TranscribeError):
    """One recording cannot be heard; `fault` is its line in `run_failure`."""

    def __init__(
        self, reason: FaultReason, message: str, *, file: str | None = None, call_id: str | None = None
    ):
        super().__init__(message)
        self.fault = Fault(reason=reason, message=message, file=file, call_id=call_id)
