"""One call that says all there is to say of an estimate."""

import warnings

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

import skmi
from skmi import AutoMI, mutual_info, mutual_info_permutation_test, mutual_info_report
from skmi.model_selection import mutual_info_interval
from tests.model_selection.test_diagnostics import gaussians


def test_five_lines_where_nothing_is_doubtful():
    X, y = gaussians(150, 1, 0.8, 0)
    found = mutual_info_report(X, y, random_state=0)
    lines = repr(found).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "mutual information",
        "independence",
        "method",
        "candidates",
        "doubts",
    ]
    assert lines[0].endswith(f"95% interval [{found.low:.3f}, {found.high:.3f}]")
    assert "ksg (by auto); 150 samples, 1 + 1 columns" in lines[2]
    assert lines[-1].split() == ["doubts:", "none"]
    assert not found.doubts


def test_the_parts_are_those_of_single_calls():
    X, y = gaussians(150, 1, 0.8, 0)
    found = mutual_info_report(X, y, "ksg-local", n_permutations=9, random_state=0, n_neighbors=5)
    assert found.mi == mutual_info(X, y, "ksg-local", n_neighbors=5)
    estimator = skmi.make_estimator("ksg-local", n_neighbors=5)
    test = mutual_info_permutation_test(estimator, X, y, n_permutations=9, random_state=0)
    assert found.pvalue == test.pvalue == 0.1
    np.testing.assert_array_equal(found.null_distribution, test.null_distribution)
    interval = mutual_info_interval(estimator, X, y, n_splits=6, n_repeats=2, random_state=0)
    assert found.interval.standard_error == pytest.approx(interval.standard_error, rel=0.5)
    assert found.low < found.mi < found.high
    assert found.candidates == []


def test_candidates_and_method_of_auto():
    X, y = gaussians(120, 2, 0.8, 0)
    found = mutual_info_report(X, y, random_state=0, n_permutations=3)
    auto = AutoMI(random_state=0).fit(X, y)
    assert found.mi == auto.mi_
    assert [each.name for each in found.candidates] == [each.name for each in auto.candidates_]
    assert found.method == f"{auto.method_} (by auto)"
    assert "gaussian" in repr(found).splitlines()[3]


def test_bits_are_nats_over_the_logarithm_of_two():
    X, y = gaussians(100, 1, 0.6, 0)
    nats, bits = (mutual_info_report(X, y, base=base, random_state=0) for base in (None, 2))
    for name in ("mi", "low", "high"):
        assert getattr(bits, name) == pytest.approx(getattr(nats, name) / np.log(2))
    assert "bits" in repr(bits)
    assert bits.to_dict()["low"] == bits.low


@pytest.mark.filterwarnings("error")
def test_warnings_are_doubts_and_told_once(rng):
    x, noise = rng.normal(size=(2, 100))
    y = x + noise
    x[3] = 1e6
    found = mutual_info_report(x, y, "ksg-local", random_state=0)
    assert sum("outlier" in doubt.lower() for doubt in found.doubts) == 1
    assert "doubt:" in repr(found)
    # Ranks do not care.
    assert not mutual_info_report(x, y, random_state=0).doubts


def test_warnings_of_others_are_passed_on():
    class Loud(LinearRegression):
        def fit(self, X, y):
            warnings.warn("loud", FutureWarning, stacklevel=1)
            self.mi_ = 0.1
            return self

    X, y = gaussians(30, 1, 0.6, 0)
    with pytest.warns(FutureWarning, match="loud"):
        found = mutual_info_report(X, y, Loud(), n_permutations=2, random_state=0)
    assert (found.mi, found.method) == (0.1, "Loud()")


def test_few_samples_have_no_interval():
    X, y = gaussians(39, 1, 0.6, 0)
    found = mutual_info_report(X, y, random_state=0)
    assert found.interval is None
    assert np.isnan([found.low, found.high]).all()
    assert found.to_dict()["low"] is None
    assert "no interval for fewer than 40 samples" in repr(found)


def test_html_holds_the_same_text_and_no_tags_of_the_data():
    X, y = gaussians(60, 1, 0.6, 0)
    text = mutual_info_report(X, y, "ksg", random_state=0)._repr_html_()
    assert text.startswith("<table>")
    assert "mutual information" in text
    assert text.count("<tr>") >= 5


def test_bad_input():
    X, y = gaussians(60, 1, 0.6, 0)
    with pytest.raises(ValueError, match="There is no estimator 'kgs'"):
        mutual_info_report(X, y, "kgs")
    with pytest.raises(ValueError, match="'n_permutations' parameter"):
        mutual_info_report(X, y, n_permutations=0)
    with pytest.raises(ValueError, match="base"):
        mutual_info_report(X, y, base=1)
    with pytest.raises(ValueError, match="has no parameter 'n_neighbours'"):
        mutual_info_report(X, y, n_neighbours=3)
