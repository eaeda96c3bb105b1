import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from transcribe.tape import SAMPLE_RATE_HZ, Block, Tape


def block(length, time_s=None, value=1.0):
    return Block(np.full((2, length), value, np.float32), time_s)


@given(st.lists(st.integers(0, 5000), max_size=30))
def test_blocks_without_time_stamps_are_laid_end_to_end(lengths):
    tape = Tape(2)
    for index, length in enumerate(lengths):
        tape.append(block(length, None, index / 100))
    assert tape.pcm.shape == (2, sum(lengths))
    expected = np.concatenate([np.zeros(0), *[np.full(n, i / 100) for i, n in enumerate(lengths)]])
    np.testing.assert_allclose(tape.pcm[1] / 32768, expected, atol=1 / 32768)


def test_a_hole_becomes_silence_and_later_times_stay_true():
    tape = Tape(2)
    tape.append(block(SAMPLE_RATE_HZ, 0.5))
    tape.append(block(SAMPLE_RATE_HZ, 3.5))
    assert tape.length == 4 * SAMPLE_RATE_HZ
    assert not tape.pcm[:, SAMPLE_RATE_HZ : 3 * SAMPLE_RATE_HZ].any()
    assert tape.pcm[:, 3 * SAMPLE_RATE_HZ :].all()


def test_jitter_is_no_hole_and_a_clock_set_anew_starts_over():
    tape = Tape(2)
    for time_s in (0.0, 1.05, 90_000.0, 90_001.0, 5.0, 6.0):
        tape.append(block(SAMPLE_RATE_HZ, time_s))
    assert tape.length == 6 * SAMPLE_RATE_HZ


def test_what_is_laid_down_stays_while_the_tape_grows():
    tape = Tape(3)
    rng = np.random.default_rng(0)
    blocks = [rng.uniform(-1, 1, (3, 40_000)).astype("f4") for _ in range(30)]
    for samples in blocks:
        tape.append(Block(samples, None))
    np.testing.assert_allclose(tape.pcm / 32768, np.concatenate(blocks, axis=1), atol=1 / 32768)


def test_holes_that_add_up_to_more_than_an_hour_are_a_damaged_clock():
    tape = Tape(1)
    for index in range(100):
        tape.append(Block(np.zeros((1, 160), np.float32), index * 500.0))
    assert tape.length < 3600 * SAMPLE_RATE_HZ
    assert not tape.is_full
