"""Arrays side by side in one vector: they share its memory, and are found again from the arrays alone."""

import numpy as np
import pytest

from chainrule.memory import LINE, parts_of, side_by_side, vector_of

SHAPES = [(5, 3), (3,), (), (3, 2)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_parts_share_the_memory_of_one_vector_that_starts_where_a_cache_line_does(dtype):
    vector, parts = side_by_side(SHAPES, dtype)
    assert [part.shape for part in parts] == SHAPES
    assert {part.dtype for part in parts} == {vector.dtype} == {np.dtype(dtype)}
    assert vector.ctypes.data % LINE == 0
    vector[:] = np.arange(25)
    assert np.array_equal(np.concatenate([part.ravel() for part in parts]), np.arange(25))
    parts[3][1, 1] = -1
    assert vector[22] == -1


def test_the_vector_is_found_again_from_its_parts():
    vector, parts = side_by_side(SHAPES, np.float32)
    found = vector_of(parts)
    found += 1
    assert np.array_equal(vector, np.ones(25))
    assert vector_of(parts[1:3]).shape == (4,)


def strangers():
    """Lists of arrays that are no vector's parts, side by side, by what is wrong."""
    vector, (first, second, *_) = side_by_side(SHAPES, np.float32)
    both, frozen = np.zeros((2, 3)), side_by_side([(2,), (2,)], np.float32)[1]
    frozen[1].flags.writeable = False
    return {
        "arrays of their own": [np.zeros(3), np.zeros(3)],
        "another order": [second, first],
        "a gap": [vector[:3], vector[4:6]],
        "a vector written backwards": [vector[::-1]],
        "two vectors": [first, side_by_side([(3,)], np.float32)[1][0]],
        "other numbers in the same memory": parts_of(vector[:4].view(np.int32), [(2,), (2,)]),
        "a part that must not be changed": frozen,
        "rows of a matrix": [both[0], both[1]],
        "memory that is not NumPy's": [np.frombuffer(bytearray(16), np.float32)],
    }


@pytest.mark.parametrize("what", strangers())
def test_arrays_that_are_not_side_by_side_make_up_no_vector(what):
    assert vector_of(strangers()[what]) is None
