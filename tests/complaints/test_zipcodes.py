from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.complaints import zipcodes


@pytest.mark.parametrize(
    ("code", "state", "tidy", "restored"),
    [
        ("2134", "MA", "02134", True),
        ("1585", "MA", "01585", True),
        ("7030", "NJ", "07030", True),
        ("4101", "ME", "04101", True),
        ("3743", "NH", "03743", True),
        ("601", "PR", "00601", True),
        ("926", "PR", "00926", True),
        ("802", "VI", "00802", True),
        ("9012", "AE", "09012", True),
        ("2134.0", "ma", "02134", True),
        ("95993.0", "CA", "95993", False),
        ("2134-1234", "MA", "02134", True),
        ("94103-2210", "CA", "94103", False),
        ("941032210", "CA", "94103", False),
        ("02134", "MA", "02134", False),
        # Not proved: the state has other ZIP codes, too, or the code is of another state.
        ("3743", "NY", "3743", False),
        ("1585", "MH", "1585", False),
        ("4101", "NJ", "4101", False),
        ("7030", "", "7030", False),
        ("134", "MA", "134", False),
        ("802", "PR", "802", False),
        # Left as they are.
        ("945XX", "CA", "945XX", False),
        ("021XX", "MA", "021XX", False),
        ("XXXXX", "MA", "XXXXX", False),
        ("N/A", "MA", "N/A", False),
        ("", "MA", "", False),
        (" 94103 ", "CA", "94103", False),
        ("00601", "UNITED STATES MINOR OUTLYING ISLANDS", "00601", False),
    ],
)
def test_tidy(code: str, state: str, tidy: str, restored: bool) -> None:
    assert zipcodes.tidy(code, state) == (tidy, restored)


STATES = sorted(set(zipcodes.prefixes()) & set(zipcodes.LEADING_ZERO))


@given(st.sampled_from(STATES), st.data())
def test_what_a_spreadsheet_does_to_zip_codes_is_undone(state: str, data: st.DataObject) -> None:
    prefix = data.draw(st.sampled_from(zipcodes.prefixes()[state]))
    code = f"{prefix}{data.draw(st.integers(0, 99)):02d}"
    spoilt = str(int(code))
    assert zipcodes.tidy(spoilt, state) == (code, spoilt != code)
    assert zipcodes.tidy(f"{spoilt}.0", state) == (code, spoilt != code)


@given(st.text(max_size=12), st.text(max_size=4))
def test_anything_is_understood_and_tidying_twice_changes_nothing(code: str, state: str) -> None:
    once, _ = zipcodes.tidy(code, state)
    assert zipcodes.tidy(once, state) == (once, False)


@given(st.sampled_from(sorted(set(zipcodes.prefixes()) - set(STATES))), st.integers(0, 9_999))
def test_other_states_prove_nothing(state: str, number: int) -> None:
    assert zipcodes.tidy(str(number), state) == (str(number), False)


def test_prefixes_and_leading_zeros_agree() -> None:
    owners: dict[str, str] = {}
    for state, prefixes in zipcodes.prefixes().items():
        for prefix in prefixes:
            assert owners.setdefault(prefix, state) == state
            assert prefix.startswith("0") == (state in zipcodes.LEADING_ZERO)
            if state in zipcodes.LEADING_ZERO:
                assert prefix.startswith(zipcodes.LEADING_ZERO[state])
    assert len(zipcodes.prefixes()) == 52
