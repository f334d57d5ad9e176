"""Rows along training: in a loop, through skorch, interrupted and resumed."""

import pickle
import signal
import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch")
skorch = pytest.importorskip("skorch")
pd = pytest.importorskip("pandas")
from sklearn.base import BaseEstimator, clone  # noqa: E402
from torch import nn  # noqa: E402

from skmi import KSG, MINE, BinningMI, ScaleInvariantMI, make_estimator, mutual_info  # noqa: E402
from skmi.information_plane import InformationPlane, capture_activations  # noqa: E402
from skmi.information_plane._rows import COLUMNS  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::skmi.exceptions.ScaleEdgeWarning")


@pytest.fixture
def data(rng):
    X = rng.normal(size=(200, 5)).astype(np.float32)
    return X, (X[:, 0] + 0.3 * rng.normal(size=200) > 0).astype(np.int64)


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 3), nn.ReLU(), nn.Linear(3, 2))


def train(module, X, y, plane, epochs, *, first=0):
    optimizer = torch.optim.SGD(module.parameters(), lr=0.3)
    for epoch in range(first, epochs + 1):
        if epoch > first:
            optimizer.zero_grad()
            nn.functional.cross_entropy(module(torch.as_tensor(X)), torch.as_tensor(y)).backward()
            optimizer.step()
        plane.record(module, epoch)


def make_net(plane, epochs, **params):
    return skorch.NeuralNetClassifier(
        network,
        criterion=nn.CrossEntropyLoss,
        lr=0.3,
        max_epochs=epochs,
        batch_size=-1,
        train_split=None,
        callbacks=[plane],
        verbose=0,
        device="cpu",
        **params,
    )


def test_a_row_for_each_epoch_layer_and_estimator(data):
    X, y = data
    estimators = {"a": "ksg-global-linf", "b": KSG(5), "c": BinningMI()}
    plane = InformationPlane(["1", "3"], estimator=estimators, every=2).set_data(X, y)
    train(network(), X, y, plane, 5)
    frame = plane.to_frame()
    assert tuple(frame.columns) == COLUMNS
    assert frame[["epoch", "layer", "estimator"]].to_records(index=False).tolist() == [
        (epoch, layer, name) for epoch in (0, 2, 4) for layer in "13" for name in "abc"
    ]
    assert plane.recorded_epochs == [0, 2, 4]
    searches = frame["estimator"] == "a"
    assert frame["best_scale"].notna().equals(searches)


def test_rows_are_the_estimates(data):
    X, y = data
    names = ["ksg", "ksg-local", "ksg-global", "bi-ksg"]
    plane = InformationPlane(["1"], estimator=names, n_samples=None).set_data(X, y)
    module = network()
    plane.record(module, 0, loss=0.5)
    Z, output = capture_activations(module, X, ["1"], return_output=True)
    for row in plane.rows_:
        estimator = make_estimator(row["estimator"])
        assert row["mi_x"] == pytest.approx(estimator.fit(X, Z["1"]).mi_, abs=2e-5)
        target = np.eye(2)[y] if row["estimator"] == "bi-ksg" else y
        assert row["mi_y"] == estimator.fit(Z["1"], target).mi_
        assert row["scale"] == pytest.approx(np.sqrt(Z["1"].var(axis=0).sum()), rel=1e-5)
        assert row["loss"] == 0.5
        assert row["accuracy"] == (output.argmax(axis=1) == y).mean()


def test_labels_of_any_kind_and_numbers(data):
    X, y = data
    module = network()
    rows = {}
    for kind, target in {
        "integers": y,
        "strings": np.where(y, "yes", "no"),
        "tensor": torch.as_tensor(y),
        "column": y[:, None],
        "numbers": X[:, 0],
        "none": None,
    }.items():
        plane = InformationPlane(["1"], n_samples=None).set_data(X, target)
        plane.record(module, 0)
        (rows[kind],) = plane.rows_
    for kind in ("strings", "tensor", "column"):
        assert rows[kind]["mi_y"] == rows["integers"]["mi_y"]
    assert rows["strings"]["mi_x"] == rows["none"]["mi_x"] == rows["integers"]["mi_x"]
    Z = capture_activations(module, X, ["1"])["1"]
    assert rows["numbers"]["mi_y"] == mutual_info(Z, X[:, 0], "ksg-global-linf")
    assert np.isnan(rows["none"]["mi_y"])
    assert np.isnan(rows["none"]["accuracy"])


def test_target_estimators(data):
    X, y = data
    module = network()

    def mi_y(estimator, target_estimator):
        plane = InformationPlane(
            ["1"], estimator=estimator, target_estimator=target_estimator
        ).set_data(X, y)
        plane.record(module, 0)
        return [row["mi_y"] for row in plane.rows_]

    both = ["ksg-local", "ksg"]
    assert mi_y(both, KSG(7)) == mi_y([KSG(7)], None) * 2
    assert mi_y(both, {"ksg": "ksg-local", "ksg-local": "ksg"}) == mi_y(both, None)[::-1]
    with pytest.raises(ValueError, match=r"target_estimator is for \['ksg'\]"):
        mi_y(both, {"ksg": "ksg"})


def test_a_loop_and_skorch_record_the_same(data):
    X, y = data
    by_hand = InformationPlane(["1", "3"], n_samples=150).set_data(X, y)
    train(network(), X, y, by_hand, 4)
    by_skorch = InformationPlane(["1", "3"], n_samples=150)
    net = make_net(by_skorch, 4).fit(X, y)
    expected, found = by_hand.to_frame(), by_skorch.to_frame()
    same = [name for name in COLUMNS if name != "loss"]
    pd.testing.assert_frame_equal(found[same], expected[same])
    np.testing.assert_array_equal(by_skorch.indices_, by_hand.indices_)
    losses = found.drop_duplicates("epoch")["loss"].to_numpy()
    net.module_.eval()
    output = torch.as_tensor(net.forward(X[by_skorch.indices_]))
    last = nn.functional.cross_entropy(output, torch.as_tensor(y[by_skorch.indices_]))
    assert losses[-1] == pytest.approx(float(last), rel=1e-6)
    assert losses[-1] < losses[0]


def test_the_loss_is_that_of_the_net_for_targets_of_any_shape(data):
    X, _ = data
    y = 2 * X[:, :1] + 1
    plane = InformationPlane(["0"], estimator="ksg")
    net = skorch.NeuralNetRegressor(
        nn.Sequential(nn.Linear(5, 1)),
        lr=0.1,
        max_epochs=5,
        train_split=None,
        callbacks=[plane],
        verbose=0,
        device="cpu",
    ).fit(X, y)
    rows = plane.to_frame()
    assert rows["loss"].iloc[-1] == pytest.approx(np.square(net.predict(X) - y).mean(), rel=1e-5)
    assert rows["accuracy"].isna().all()


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("every", [1, 3])
def test_a_new_process_goes_on_from_a_checkpoint_without_gap_or_double_row(
    data, tmp_path, suffix, every
):
    X, y = data

    def make_plane(folder):
        return InformationPlane(
            ["3"], estimator=["ksg-global-linf", "ksg"], every=every, path=folder / f"r.{suffix}"
        )

    whole = make_plane(tmp_path / "whole")
    make_net(whole, 8).fit(X, y)
    # Killed after epoch 6, with a checkpoint of epoch 4: rows of 5 and 6 are there already.
    broken = make_plane(tmp_path / "broken")
    net = make_net(broken, 4).fit(X, y)
    net.save_params(tmp_path / "module.pt", tmp_path / "optimizer.pt", f_history=tmp_path / "h")
    net.set_params(max_epochs=2).partial_fit(X, y)
    resumed = make_plane(tmp_path / "broken")
    net = make_net(resumed, 4).initialize()
    net.load_params(tmp_path / "module.pt", tmp_path / "optimizer.pt", f_history=tmp_path / "h")
    net.partial_fit(X, y)
    pd.testing.assert_frame_equal(resumed.to_frame(), whole.to_frame())
    from skmi.information_plane._rows import read_frame

    pd.testing.assert_frame_equal(read_frame(resumed.path), whole.to_frame())


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2)])
def test_whichever_callback_comes_first_that_loads_the_checkpoint(data, tmp_path, order):
    X, y = data
    whole = InformationPlane(["3"])
    make_net(whole, 7).fit(X, y)
    for epochs in (4, 3):  # the second time in a new process, as it were
        plane = InformationPlane(["3"], path=tmp_path / "rows.csv")
        checkpoint = skorch.callbacks.Checkpoint(dirname=tmp_path / "net", monitor=None)
        callbacks = [skorch.callbacks.LoadInitState(checkpoint), plane, checkpoint]
        net = make_net(plane, epochs)
        net.set_params(callbacks=[callbacks[i] for i in order])
        net.fit(X, y)
    pd.testing.assert_frame_equal(plane.to_frame(), whole.to_frame())
    assert [each.name for each in tmp_path.glob("*.csv")] == ["rows.csv"]


def test_a_loop_goes_on_from_a_checkpoint_without_gap_or_double_row(data, tmp_path):
    X, y = data
    whole = InformationPlane(["3"]).set_data(X, y)
    train(network(), X, y, whole, 7)
    path, module = tmp_path / "rows.parquet", network()
    broken = InformationPlane(["3"], path=path).set_data(X, y)
    train(module, X, y, broken, 4)
    torch.save(module.state_dict(), tmp_path / "net.pt")
    train(module, X, y, broken, 6, first=4)
    module = network()
    module.load_state_dict(torch.load(tmp_path / "net.pt", weights_only=True))
    resumed = InformationPlane(["3"], path=path).set_data(X, y).rewind(4)
    train(module, X, y, resumed, 7, first=4)
    pd.testing.assert_frame_equal(pd.read_parquet(path), whole.to_frame())


def test_a_loop_that_forgets_to_rewind_spoils_no_rows(data, tmp_path):
    X, y = data
    path, module = tmp_path / "rows.csv", network()
    InformationPlane(["3"], path=path).set_data(X, y).record(module, 0)
    first = path.read_text()
    InformationPlane(["3"], path=path).set_data(X, y).record(module, 0)  # begins anew
    assert (tmp_path / "rows.old.csv").read_text() == first
    plane = InformationPlane(["3"], path=path).set_data(X, y)
    with pytest.warns(UserWarning, match=r"they are in .*rows\.old2\.csv now.*call rewind"):
        plane.record(module, 5)
    assert (tmp_path / "rows.old.csv").read_text() == first
    assert (tmp_path / "rows.old2.csv").read_text() == first
    assert plane.recorded_epochs == [5]


def test_an_interrupt_keeps_what_was_recorded(data, monkeypatch):
    X, y = data
    whole = InformationPlane(["3"])
    make_net(whole, 5).fit(X, y)
    plane = InformationPlane(["3"])
    measure, calls = InformationPlane._measure, []

    def interrupted(self, activations, epoch):
        calls.append(epoch)
        if calls == [0, 1, 2]:
            raise KeyboardInterrupt
        return measure(self, activations, epoch)

    monkeypatch.setattr(InformationPlane, "_measure", interrupted)
    net = make_net(plane, 5).fit(X, y)
    assert plane.recorded_epochs == [0, 1]
    net.set_params(max_epochs=3).partial_fit(X, y)
    pd.testing.assert_frame_equal(plane.to_frame(), whole.to_frame())


def test_training_anew_begins_anew_and_spoils_no_file(data, tmp_path):
    X, y = data
    plane = InformationPlane(["3"], path=tmp_path / "rows.csv")
    net = make_net(plane, 2).fit(X, y)
    first = (tmp_path / "rows.csv").read_text()
    net.set_params(max_epochs=1).fit(X, y)
    assert plane.recorded_epochs == [0, 1]
    assert (tmp_path / "rows.old.csv").read_text() == first


def test_what_the_checkpoint_does_not_know_is_measured_again(data):
    X, y = data
    plane = InformationPlane(["3"]).set_data(X, y)
    train(network(), X, y, plane, 4)
    before = plane.to_frame()
    assert plane.rewind(2).recorded_epochs == [0, 1, 2]
    plane.record(network(), 3)  # another network now
    after = plane.to_frame()
    pd.testing.assert_frame_equal(after[:3], before[:3])
    assert after["mi_x"][3] == after["mi_x"][0] != before["mi_x"][3]


def test_a_gap_that_cannot_be_filled_is_warned_of(data):
    X, y = data
    plane = InformationPlane(["3"], every=2).set_data(X, y)
    with pytest.warns(UserWarning, match="after epoch 4, but epoch 0 was not recorded"):
        plane.rewind(4)


def test_a_missing_file_of_rows_is_told(data, tmp_path):
    plane = InformationPlane(["3"], path=tmp_path / "rows.csv").set_data(*data)
    with pytest.warns(UserWarning, match=r"epoch 0 was not recorded.*rows\.csv is not there"):
        plane.rewind(4)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_damaged_file_of_rows_is_said_in_one_line(data, tmp_path, suffix):
    path = tmp_path / f"rows.{suffix}"
    InformationPlane(["3"], path=path).set_data(*data).record(network(), 0)
    content = path.read_bytes()
    without_a_column = pd.read_csv if suffix == "csv" else pd.read_parquet
    for damaged in (b"", content[:-1], content[: len(content) // 2], b"PNG", "columns"):
        if damaged == "columns":
            path.write_bytes(content)
            frame = without_a_column(path).drop(columns="loss")
            frame.to_csv(path) if suffix == "csv" else frame.to_parquet(path)
        else:
            path.write_bytes(damaged)
        with pytest.raises(
            ValueError, match=r"is damaged, or no table of rows .* name another"
        ) as e:
            InformationPlane(["3"], path=path).set_data(*data).rewind(1)
        assert "\n" not in str(e.value)


@pytest.mark.parametrize("change", [{"layers": ["1"]}, {"estimator": "ksg"}])
def test_rows_of_something_else_are_not_gone_on_with(data, tmp_path, change):
    options = {"layers": ["3"], "path": tmp_path / "rows.csv"}
    InformationPlane(**options).set_data(*data).record(network(), 0)
    with pytest.raises(ValueError, match=r"holds rows of the (layer '3'|estimator 'ksg-global)"):
        InformationPlane(**{**options, **change}).set_data(*data).rewind(1)


def test_nan_names_layer_and_epoch_and_keeps_earlier_rows(data):
    X, y = data
    plane = InformationPlane(["1", "3"]).set_data(X, y)
    module = network()
    plane.record(module, 0)
    for value, word in ((np.nan, "NaN"), (np.inf, "infinity")):
        with torch.no_grad():
            module[2].bias[1] = value
        with pytest.raises(ValueError, match=f"layer '3' at epoch 7 contain {word}.*unit 1"):
            plane.record(module, 7)
        assert plane.recorded_epochs == [0]
    net = make_net(plane, 30)
    net.set_params(lr=1e30)
    with pytest.raises(ValueError, match="the network has diverged"):
        net.fit(X, y)
    assert plane.recorded_epochs[0] == 0


def test_dead_layers_keep_nothing_and_are_warned_of_once(data):
    X, y = data
    module = network()
    names = ["ksg", "ksg-local", "ksg-global", "ksg-global-linf", "bi-ksg"]
    plane = InformationPlane(["1", "3"], estimator=names).set_data(X, y)
    plane.record(module, 0)
    with torch.no_grad():
        module[2].bias[:] = -100.0
    with pytest.warns(UserWarning, match="'3' puts out the same for all samples at epoch 1"):
        plane.record(module, 1)
    plane.record(module, 2)  # once
    frame = plane.to_frame()
    dead = frame[(frame["layer"] == "3") & (frame["epoch"] > 0)]
    assert (dead[["mi_x", "mi_y", "scale"]] == 0).all(axis=None)
    assert (frame[frame["layer"] == "1"]["mi_x"] > 0).all()


@pytest.mark.parametrize("name", ["ksg", "ksg-local", "ksg-global", "ksg-global-linf"])
def test_some_dead_units_do_not_matter(data, name):
    X, y = data
    module = network()
    with torch.no_grad():
        module[0].bias[:3] = -100.0
    plane = InformationPlane(["1"], estimator=name).set_data(X, y)
    plane.record(module, 0)
    with torch.no_grad():
        module[0].weight[:3] = 0.0
    plane.record(module, 1)
    assert plane.rows_[0]["mi_x"] == plane.rows_[1]["mi_x"] > 0


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_any_precision(data, dtype):
    X, y = data
    plane = InformationPlane(["1"], estimator=["ksg-local", "ksg-global-linf"]).set_data(X, y)
    plane.record(network(), 0)
    plane.record(network().to(dtype), 1)
    frame = plane.to_frame()
    before, after = (frame[frame["epoch"] == e]["mi_x"].to_numpy() for e in (0, 1))
    np.testing.assert_allclose(after, before, atol=0.15 if dtype == torch.bfloat16 else 0.03)


def test_images_are_flattened(rng):
    X = rng.normal(size=(50, 2, 6, 6)).astype(np.float32)
    module = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Flatten(), nn.Linear(48, 2))
    plane = InformationPlane(["0"]).set_data(X, np.arange(50) % 2)
    plane.record(module, 0)
    assert plane.rows_[0]["mi_x"] > 0


def test_threads_and_the_state_of_numpy_and_torch_do_not_matter(data):
    X, y = data

    def rows(n_jobs):
        plane = InformationPlane(["1", "3"], estimator=["ksg", "ksg-local"], n_jobs=n_jobs)
        plane.set_data(X, y)
        plane.record(network(), 0)
        return plane.to_frame()

    expected = rows(None)
    np.random.random()  # noqa: NPY002
    torch.rand(3)
    pd.testing.assert_frame_equal(rows(3), expected)


class Noisy(BaseEstimator):
    """An estimator that draws random numbers."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y):
        self.mi_ = float(np.random.default_rng(self.random_state).normal())
        return self


def test_estimators_that_draw_random_numbers_are_seeded(data):
    X, y = data

    def values(n_epochs, estimator):
        plane = InformationPlane(["1", "3"], estimator=estimator).set_data(X, y)
        for epoch in range(n_epochs):
            plane.record(network(), epoch)
        return [value for row in plane.rows_ for value in (row["mi_x"], row["mi_y"])]

    drawn = values(3, Noisy())
    assert len(set(drawn)) == len(drawn)
    assert values(3, Noisy()) == drawn
    assert len(set(values(3, Noisy(1)))) == 1


def small_mine(**params):
    params = {"max_epochs": 30, "training__n_shuffles": 5, "device": "cpu", **params}
    return MINE((8,)).set_params(**params)


def test_networks_that_estimate_are_seeded_and_their_doubts_recorded(data):
    X, y = data
    doubtful = small_mine(learning_rate=1e-3, batch_size=20, training__n_iter_no_change=None)
    estimators = {"mine": doubtful, "scaled": ScaleInvariantMI(doubtful), "ksg": "ksg"}

    def rows(n_jobs):
        plane = InformationPlane(["1"], estimator=estimators, n_jobs=n_jobs).set_data(X, y)
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            for epoch in range(2):
                plane.record(network(), epoch)
        return plane.to_frame(), [str(each.message) for each in warned]

    frame, said = rows(None)
    by_network = frame["estimator"] != "ksg"
    assert frame[by_network]["doubts"].str.startswith("mi_x: still rising").all()
    assert (frame[~by_network]["doubts"] == "").all()
    assert len(said) == 1
    assert "doubts its estimate of layer '1' at epoch 0 (mi_x: still rising" in said[0]
    assert frame[frame["estimator"] == "mine"]["mi_x"].nunique() == 2
    pd.testing.assert_frame_equal(rows(2)[0], frame)


def test_other_warnings_of_estimators_are_passed_on(data):
    class OfOurs(KSG):
        def _learn(self, sample):
            warnings.warn("something is wrong", UserWarning, stacklevel=2)
            return super()._learn(sample)

    class OfOthers(BaseEstimator):
        def fit(self, X, y):
            warnings.warn("something is wrong", UserWarning, stacklevel=2)
            self.mi_ = 1.0
            return self

    for estimator in (OfOurs(), OfOthers()):
        plane = InformationPlane(["1"], estimator=estimator).set_data(*data)
        with pytest.warns(UserWarning, match="something is wrong"):
            plane.record(network(), 0)


def test_an_interrupt_while_a_network_estimates_gives_no_rows(data):
    """Of itself it would end its training there, and give what it has as the estimate."""

    class PressesKeys(skorch.callbacks.Callback):
        def on_batch_end(self, net, **kwargs):
            if len(net.history) == 3:
                signal.raise_signal(signal.SIGINT)

    estimators = [small_mine(net__callbacks=[PressesKeys()])]
    plane = InformationPlane(["1"], estimator=estimators).set_data(*data)
    with pytest.raises(KeyboardInterrupt):
        plane.record(network(), 0)
    assert plane.recorded_epochs == []


def test_a_pickle_holds_rows_but_no_distances(data):
    X, y = data
    plane = InformationPlane(["1"]).set_data(X, y)
    plane.record(network(), 0)
    content = pickle.dumps(plane)
    assert len(content) < 4 * len(X) ** 2
    again = pickle.loads(content)
    again.record(network(), 1)
    assert again.rows_[1]["mi_x"] == again.rows_[0]["mi_x"] == plane.rows_[0]["mi_x"]
    assert clone(plane).get_params() == plane.get_params()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"estimator": "kgs"}, "no estimator 'kgs'"),
        ({"n_samples": 1}, "'n_samples' parameter"),
        ({"every": 0}, "'every' parameter"),
        ({"path": "rows.txt"}, "must end in"),
        ({"layers": ["none"]}, "no layer 'none'"),
        ({"layers": "1"}, "'layers' parameter"),
    ],
)
def test_bad_parameters(data, params, message):
    plane = InformationPlane(**{"layers": ["1"], **params})
    with pytest.raises(ValueError, match=message):
        plane.set_data(*data).record(network(), 0)


def test_bad_data(data):
    X, y = data
    with pytest.raises(ValueError, match=r"call set_data\(X, y\) first"):
        InformationPlane(["1"]).record(network(), 0)
    with pytest.raises(ValueError, match="200 samples and y has 199"):
        InformationPlane(["1"]).set_data(X, y[1:])
    with pytest.raises(ValueError, match=r"y has 2 columns of labels \(int64\)"):
        InformationPlane(["1"]).set_data(X, np.column_stack([y, y]))
    with pytest.raises(TypeError, match="call set_data"):
        InformationPlane(["1"]).set_data(iter(X), y)


def test_epochs_themselves(data):
    X, y = data
    plane = InformationPlane(["3"], every=[0, 1, 4]).set_data(X, y)
    train(network(), X, y, plane, 5)
    assert plane.recorded_epochs == [0, 1, 4]
