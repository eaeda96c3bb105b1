import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transcribe.tape import SAMPLE_RATE_HZ, Block, Tape


def block(length, time_s=None, value=1.0):
    return Block(np.full((2, length), value, np.float32), time_s)


@given(st.lists(st.integers(0, 5000), max_size=30), st.floats(0, 0.2))
def test_blocks_without_time_stamps_are_laid_end_to_end(lengths, reserved_s):
    tape = Tape(2, reserved_s)
    for index, length in enumerate(lengths):
        tape.append(block(length, None, index))
    assert tape.samples.shape == (2, sum(lengths))
    expected = np.concatenate([np.zeros(0), *[np.full(n, i) for i, n in enumerate(lengths)]])
    np.testing.assert_array_equal(tape.samples[1], expected)


def test_a_hole_becomes_silence_and_later_times_stay_true():
    tape = Tape(2, 0)
    tape.append(block(SAMPLE_RATE_HZ, 0.5))
    tape.append(block(SAMPLE_RATE_HZ, 3.5))
    assert tape.length == 4 * SAMPLE_RATE_HZ
    assert not tape.samples[:, SAMPLE_RATE_HZ : 3 * SAMPLE_RATE_HZ].any()
    assert tape.samples[:, 3 * SAMPLE_RATE_HZ :].all()


def test_jitter_is_no_hole_and_a_clock_set_anew_starts_over():
    tape = Tape(2, 0)
    for time_s in (0.0, 1.05, 90_000.0, 90_001.0, 5.0, 6.0):
        tape.append(block(SAMPLE_RATE_HZ, time_s))
    assert tape.length == 6 * SAMPLE_RATE_HZ
