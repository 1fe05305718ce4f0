"""Which finished products count as outdated or due: a truth table on invented records."""

import json
import os
import shutil
from pathlib import Path

import pytest

from ablate.building.agenda import Agenda
from ablate.commands import accept, prune, status
from ablate.errors import AblateError
from ablate.files import digest
from ablate.planning import acceptance
from ablate.planning.plan import Plan
from ablate.planning.products import Products
from ablate.planning.staleness import Staleness
from ablate.runs.sealed import digest as seal

CONFIG = {
    "preset": "full",
    "data": {"source": "synthetic", "train": 100, "test": 100},
    "presets": {"full": {}},
    "recipes": {"tiny": {"model": {"name": "resnet18", "width": 0.1}, "batch_size": 50}},
    "studies": {
        "widths": {
            "title": "Widths",
            "recipe": "tiny",
            "rows": {"narrow": {"control": True}, "wide": {"set": {"model.width": 0.2}}},
        }
    },
    "figures": {
        "stem_kernels": {"title": "Kernels", "section": "1", "runs": {"narrow": "widths/narrow"}}
    },
}

PAGES = {"report/index", "report/markdown"}


class Tree:
    """A results tree of invented files, each with a record that says it is what is planned."""

    def __init__(self, root: Path) -> None:
        self.config = {**CONFIG, "results": str(root / "results")}
        self.plan = Plan(self.config)
        self.products = Products(self.plan)
        self.root = self.plan.results.root
        for name in self.products.names():
            self.finish(name)

    def finish(self, name: str) -> None:
        product = self.products[name]
        for path in product.outputs:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{name} {path.name}")
        if name == "data":
            self.plan.results.manifest.write_text(json.dumps({"digest": "pixels"}))
        record = self.of_run(product) if name.startswith("runs/") else self.of_other(product)
        product.record.parent.mkdir(parents=True, exist_ok=True)
        product.record.write_text(json.dumps(record))

    def of_run(self, product) -> dict:
        kept = ("seed", "settings", "observers", "keep")
        record = {name: product.request[name] for name in kept}
        folder = product.record.parent
        files = (path for path in folder.iterdir() if path.is_file() and path != product.record)
        return sealed(
            {
                **record,
                "format": 1,
                "kept": "best",
                "data": "pixels",
                "code": product.code,
                "outputs": {path.name: written(path) for path in files},
            }
        )

    def of_other(self, product) -> dict:
        inputs = {str(path.relative_to(self.root)): digest(path) for path in product.inputs}
        outputs = {str(path.relative_to(self.root)): written(path) for path in product.outputs}
        asked = {"request": product.request, "code": product.code}
        return {**asked, "inputs": inputs, "outputs": outputs}

    def edit(self, name: str, **changes) -> None:
        """Change a product's record, as if it had been made so."""
        path = self.products[name].record
        path.write_text(json.dumps(sealed({**json.loads(path.read_text()), **changes})))

    def made_then(self, run: str, **changes) -> None:
        """Let a run's record be another, and all that stands on it made from that one."""
        self.edit(run, **changes)
        for name in self.products.names():
            if not name.startswith(("runs/", "data")):
                self.finish(name)

    def staleness(self) -> Staleness:
        return Staleness(Products(Plan(self.config)))

    def due(self) -> set[str]:
        found = self.staleness()
        return {name for name in self.products.names() if found.due(name)}

    def run(self, row: str) -> str:
        name = self.plan.studies["widths"].rows[row].training.run.name
        return f"runs/{name}/seed0"


def sealed(record: dict) -> dict:
    return {**record, "sha256": seal(record)}


def written(path: Path) -> dict:
    return {"size": path.stat().st_size, "sha256": digest(path)}


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Tree(tmp_path)


def measured(run: str) -> str:
    return run.replace("runs/", "metrics/", 1)


def test_what_is_as_planned_is_not_due(tree):
    assert tree.due() == set()
    assert tree.staleness().outdated() == {}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format": 0}, "record: it is of format 0"),
        ({"format": 2}, "record: it is of format 2"),
        ({"seed": 1}, "settings: "),
        ({"settings": {"model": {"name": "vgg_a"}}}, "settings: "),
        ({"settings": {"no": "settings"}}, "settings: "),
        ({"data": "other pixels"}, "data: "),
        ({"code": "0" * 16}, "code: "),
    ],
)
def test_a_run_whose_record_differs_is_outdated_and_what_stands_on_it_is_due(tree, changes, reason):
    wide = tree.run("wide")
    tree.edit(wide, **changes)
    assert tree.staleness().reason(wide).startswith(reason)
    due = tree.due()
    assert {wide, measured(wide), "tables/widths", "tables/summary", "report/index"} <= due
    assert not due & {tree.run("narrow"), measured(tree.run("narrow")), "figures/stem_kernels"}


@pytest.mark.parametrize(
    ("recorded", "asked", "outdated"),
    [
        ([], [], False),
        ([], ["loss"], True),
        (["loss"], ["loss"], False),
        (["loss"], [], False),
        (["loss"], ["gradients"], True),
    ],
)
def test_asking_for_more_observers_outdates_and_for_fewer_does_not(tree, recorded, asked, outdated):
    tree.config["studies"]["widths"] = {**CONFIG["studies"]["widths"], "observers": asked}
    wide = tree.run("wide")
    observers = [{"name": name} for name in recorded]
    then = tuple(f"ablate.observers.{name}" for name in recorded)
    code = tree.products[wide].code_with((*tree.products[wide].chosen, *then))
    tree.edit(wide, observers=observers, code=code)
    assert (tree.staleness().reason(wide) is not None) == outdated


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"request": {}}, "settings: "),
        ({"code": "0" * 16}, "code: "),
        ({"inputs": {}}, "input"),
        ({"inputs": {"another.json": "0"}}, "input"),
    ],
)
def test_a_table_whose_record_differs_is_outdated_and_trains_nothing(tree, changes, reason):
    tree.edit("tables/widths", **changes)
    assert tree.staleness().reason("tables/widths").startswith(reason)
    assert not any(name.startswith(("runs/", "metrics/", "data")) for name in tree.due())
    assert {"tables/widths", "tables/summary", "figures/study_widths"} <= tree.due()


@pytest.mark.parametrize(
    ("product", "change", "reason"),
    [
        ("tables/widths", {"partial": True}, "settings: partial has changed"),
        (
            "tables/widths",
            {"partial": True, "matters": 2},
            "settings: matters, partial have changed",
        ),
        (
            "figures/study_widths",
            {"study": {"partial": True}},
            "settings: study.partial has changed",
        ),
    ],
)
def test_what_has_changed_of_a_request_is_named(tree, product, change, reason):
    asked = json.loads(tree.products[product].record.read_text())["request"]
    tree.edit(product, request={**asked, **merged(asked, change)})
    assert tree.staleness().reason(product) == reason


def merged(asked: dict, change: dict) -> dict:
    return {k: {**asked[k], **v} if isinstance(v, dict) else v for k, v in change.items()}


def test_one_input_more_or_less_outdates(tree):
    path = tree.products["tables/widths"].record
    inputs = json.loads(path.read_text())["inputs"]
    tree.edit("tables/widths", inputs={**inputs, "more.json": "0"})
    assert tree.staleness().reason("tables/widths") == (
        "inputs: the files it is made from are others"
    )


def test_the_product_of_no_record_is_due_and_an_unreadable_one_outdated(tree):
    tree.products["tables/widths"].record.unlink()
    assert "tables/widths" in tree.due()
    assert tree.staleness().reason("tables/widths") is None
    tree.products["tables/summary"].record.write_text("half of a rec")
    assert tree.staleness().reason("tables/summary").startswith("record: ")


@pytest.mark.parametrize("file", ["history.csv", "predictions.npz", "steps.npz", "checkpoint.pt"])
def test_a_run_that_was_cut_short_afterwards_is_named(tree, file):
    wide = tree.run("wide")
    path = tree.products[wide].record.with_name(file)
    path.write_text("cut")
    assert tree.staleness().reason(wide).startswith(f"damaged: {file} has 3 bytes")


def test_a_damaged_run_is_trained_again_only_where_somebody_says_so(tree):
    agenda = Agenda(tree.config)
    wide, narrow = tree.run("wide"), tree.run("narrow")
    tree.products[wide].record.with_name("history.csv").write_text("cut")
    tree.products[narrow].record.write_text("{")
    with pytest.raises(AblateError) as caught:
        agenda.inputs(wide)
    said = str(caught.value)
    assert f"{tree.products[wide].record.parent}: history.csv has 3 bytes, not" in said
    assert f"{tree.products[narrow].record.parent}: training.json is cut short or no" in said
    # -R train and -F say so; --report and --summary do nothing.
    assert agenda.inputs(wide, forced=True)
    assert agenda.inputs(wide, whole=True)
    tree.edit(wide, code="other")
    Agenda(tree.config).inputs(wide)


@pytest.mark.parametrize(
    "edited",
    [{"seconds": 1.0}, {"data": "other"}, {"code": "0" * 16}, {"seed": 1}, {"format": 2}],
    ids=lambda edited: next(iter(edited)),
)
def test_a_record_of_a_run_that_was_edited_by_hand_is_named_and_trains_nothing(tree, edited):
    wide = tree.run("wide")
    record = tree.products[wide].record
    record.write_text(json.dumps({**json.loads(record.read_text()), **edited}))
    assert tree.staleness().reason(wide) == "damaged: training.json is not as it was written"
    with pytest.raises(AblateError, match=r"training\.json is not as it was written"):
        Agenda(tree.config).inputs(wide)


@pytest.mark.parametrize("content", ["", "cut", "flipped and as long!"])
def test_a_table_that_was_damaged_afterwards_is_made_again(tree, content):
    path = tree.products["tables/widths"].outputs[0]
    flipped = content.ljust(path.stat().st_size, "!") if "flipped" in content else content
    path.write_text(flipped)
    assert tree.staleness().reason("tables/widths").startswith("damaged: widths.csv ")
    assert "report/markdown" in tree.due()


@pytest.mark.parametrize("suffix", [".md", ".tex"])
def test_a_page_that_was_cut_short_afterwards_is_made_again(tree, suffix):
    tree.products["tables/widths"].outputs[0].with_suffix(suffix).write_text("cut")
    assert tree.staleness().reason("tables/widths").startswith(f"damaged: widths{suffix} has 3")


def test_file_times_decide_nothing(tree):
    for path in tree.root.rglob("*"):
        os.utime(path, (0, 0) if hash(path.name) % 2 else (2**32, 2**32))
    assert tree.due() == set()


def test_each_product_is_looked_at_once(tree, monkeypatch):
    looks, look = [], Staleness._compare
    monkeypatch.setattr(
        Staleness, "_compare", lambda self, name: looks.append(name) or look(self, name)
    )
    staleness = tree.staleness()
    for _ in range(3):
        for name in tree.products.names():
            staleness.due(name)
    assert sorted(looks) == sorted(tree.products.names())


def test_results_may_be_moved(tree, tmp_path):
    shutil.move(tree.root, tmp_path / "elsewhere")
    tree.config["results"] = str(tmp_path / "elsewhere")
    found = Staleness(Products(Plan(tree.config)))
    assert found.outdated() == {}


def test_losing_the_manifest_trains_nothing_again(tree):
    tree.plan.results.manifest.unlink()
    assert not any(name.startswith("runs/") for name in tree.due())
    agenda = Agenda(tree.config)
    assert agenda.inputs(tree.run("wide")) == {}
    tree.edit(tree.run("wide"), code="0" * 16)
    manifest = str(tree.plan.results.manifest)
    assert [*Agenda(tree.config).inputs(tree.run("wide"))] == [manifest]


class TestWeights:
    def lost(self, tree, row: str) -> None:
        tree.products[tree.run(row)].outputs[0].unlink()

    def test_a_run_is_finished_without_weights_that_nothing_is_due_to_draw(self, tree):
        self.lost(tree, "narrow")
        self.lost(tree, "wide")
        assert tree.due() == set()

    def test_a_figure_that_is_due_wants_the_weights_it_draws_and_no_others(self, tree):
        self.lost(tree, "narrow")
        self.lost(tree, "wide")
        tree.products["figures/stem_kernels"].outputs[0].unlink()
        due = tree.due()
        assert tree.run("narrow") in due
        assert tree.run("wide") not in due
        mark = Agenda(tree.config).mark(tree.run("narrow"))
        assert Path(mark).name.startswith("weights: a figure draws them")

    def test_weights_that_were_not_kept_are_wanted_once_they_are_to_be_kept(self, tree):
        tree.edit(tree.run("narrow"), kept="none")
        tree.products["figures/stem_kernels"].outputs[0].unlink()
        assert tree.run("narrow") in tree.due()

    def test_weights_that_a_figure_draws_are_kept_where_no_others_are(self, tree):
        tree.config["keep"] = "none"
        products = Products(Plan(tree.config))
        kept = {row: products[tree.run(row)].request["keep"] for row in ("narrow", "wide")}
        assert kept == {"narrow": "best", "wide": "none"}
        tree.edit(tree.run("narrow"), kept="none")
        products["figures/stem_kernels"].outputs[0].unlink()
        assert tree.run("narrow") in tree.due()

    def test_a_report_of_what_there_is_trains_no_run_again_for_its_weights(self, tree):
        self.lost(tree, "narrow")
        tree.products["figures/stem_kernels"].outputs[0].unlink()
        tree.config["partial"] = True
        assert tree.run("narrow") not in tree.due()
        assert "figures/stem_kernels" in tree.due()

    @pytest.mark.parametrize("keep", ["both", "none"])
    def test_what_is_kept_from_now_on_trains_nothing_again(self, tree, keep):
        tree.config["keep"] = keep
        assert tree.due() == set()

    def test_prune_removes_weights_that_nothing_draws(self, tree, capsys):
        from rich.console import Console

        prune.show(tree.plan, Console(), remove=True, weights=True)
        assert not tree.products[tree.run("wide")].outputs[0].exists()
        assert tree.products[tree.run("narrow")].outputs[0].exists()
        assert tree.due() == set()


class TestAccepting:
    def test_what_is_accepted_is_not_due_until_the_code_changes_again(self, tree, monkeypatch):
        from rich.console import Console

        wide = tree.run("wide")
        tree.made_then(wide, code="0" * 16)
        assert accept.show(tree.plan, Console()) == 0
        assert wide in tree.due()
        accept.show(tree.plan, Console(), write=True)
        assert [*acceptance.accepted(tree.plan.results)] == [wide]
        assert tree.due() == PAGES
        monkeypatch.setattr("ablate.planning.code.digest", lambda *modules: "f" * 16)
        assert tree.staleness().reason(wide).startswith("code: ")

    def test_status_says_from_which_code_to_which(self, tree, capsys):
        from rich.console import Console

        wide = tree.run("wide")
        tree.made_then(wide, code="0" * 16)
        accept.show(tree.plan, Console(), write=True)
        tree.plan.results.findings.unlink()
        status.show(tree.plan, Console(width=300))
        codes = f"from 000000000000 to {tree.products[wide].code[:12]}"
        assert f"its code has changed {codes}: {wide}" in capsys.readouterr().out

    def test_the_report_follows_what_was_accepted_until_it_is_made_anew(self, tree):
        wide = tree.run("wide")
        tree.made_then(wide, code="0" * 16)
        modules = tree.staleness().modules_now(wide)
        acceptance.accept(tree.plan.results, wide, "0" * 16, modules)
        tree.products = Products(tree.plan)
        for page in PAGES:
            (accepted,) = tree.products[page].request["accepted"]
            assert accepted["product"] == wide
            tree.finish(page)
        assert tree.due() == set()
        tree.made_then(wide, code=tree.products[wide].code)
        assert acceptance.accepted(tree.plan.results) == {}
        assert tree.due() == PAGES

    @pytest.mark.parametrize("now", ["0" * 16, "f" * 16], ids=["undone", "changed again"])
    def test_nothing_is_accepted_of_code_that_is_not_there(self, tree, monkeypatch, now):
        from rich.console import Console

        tree.made_then(tree.run("wide"), code="0" * 16)
        accept.show(tree.plan, Console(), write=True)
        monkeypatch.setattr("ablate.planning.code.digest", lambda *modules: now)
        assert acceptance.accepted(tree.plan.results) == {}

    def test_nothing_is_accepted_of_a_module_that_is_gone(self, tree, monkeypatch):
        wide = tree.run("wide")
        tree.made_then(wide, code="0" * 16)
        modules = tree.staleness().modules_now(wide)
        acceptance.accept(tree.plan.results, wide, "0" * 16, modules)
        monkeypatch.setattr("ablate.planning.code.source", lambda module: None)
        assert acceptance.accepted(tree.plan.results) == {}

    def test_what_was_accepted_of_a_run_that_nothing_shows_is_not_in_the_report(self, tree):
        record = tree.root / "runs/spare/seed0/training.json"
        record.parent.mkdir(parents=True)
        record.write_text(json.dumps({"format": 1, "code": "0" * 16}))
        acceptance.accept(tree.plan.results, "runs/spare/seed0", "0" * 16, ["ablate.steps.page"])
        assert [*acceptance.accepted(tree.plan.results)] == ["runs/spare/seed0"]
        assert tree.due() == set()

    def test_only_a_change_of_code_can_be_accepted(self, tree, capsys):
        from rich.console import Console

        tree.made_then(tree.run("wide"), data="other pixels")
        accept.show(tree.plan, Console(), write=True)
        assert tree.run("wide") in tree.due()
        assert "1 outdated for other reasons" in capsys.readouterr().out


class TestAgenda:
    def test_what_stands_on_images_to_be_packed_anew_waits_for_them(self, tree):
        tree.config["figures"] = CONFIG["figures"] | {"residual_block": {"title": "Blocks"}}
        assert not Agenda(tree.config).awaits_images("tables/widths")
        tree.edit("data", code="0" * 16)
        agenda = Agenda(tree.config)
        waiting = {name for name in agenda.products.names() if agenda.awaits_images(name)}
        assert {tree.run("wide"), "tables/widths", "report/index"} <= waiting
        assert waiting.isdisjoint({"data", "figures/residual_block"})

    def test_a_damaged_run_is_named_before_the_images_are_packed_anew(self, tree):
        tree.edit("data", code="0" * 16)
        tree.products[tree.run("wide")].outputs[1].write_text("cut")
        with pytest.raises(AblateError, match=r"history\.csv has 3 bytes"):
            Agenda(tree.config).awaits_images("tables/widths")

    def test_images_are_not_awaited_where_they_are_gone_or_nothing_is_finished(self, tree):
        tree.edit("data", code="0" * 16)
        for row in ("narrow", "wide"):
            tree.edit(tree.run(row), code="0" * 16)
        assert not Agenda(tree.config).awaits_images("tables/widths")
        tree.finish(tree.run("wide"))
        tree.plan.results.images.unlink()
        assert not Agenda(tree.config).awaits_images("tables/widths")

    def test_a_report_is_of_what_there_is_whole(self, tree):
        everything = Agenda(tree.config).everything(made=True)
        assert set(everything) >= {str(tree.products["tables/summary"].outputs[0])}
        tree.products["figures/study_widths"].outputs[0].unlink()
        made = Agenda(tree.config).everything(made=True)
        assert set(everything) - set(made) >= {
            str(tree.products[name].outputs[0])
            for name in ("figures/study_widths", "report/markdown")
        }
        assert str(tree.products["tables/widths"].outputs[0]) in made

    def test_a_report_needs_no_images(self, tree):
        everything = Agenda(tree.config).everything(made=True)
        for path in tree.products["data"].files:
            path.unlink()
        assert Agenda(tree.config).everything(made=True) == everything

    def test_the_mark_is_named_for_the_reason_and_newer_than_the_product(self, tree):
        table = tree.products["tables/widths"]
        tree.edit("tables/widths", code="0" * 16)
        ahead = 2**32
        os.utime(table.outputs[0], (ahead, ahead))
        mark = Path(Agenda(tree.config).mark("tables/widths"))
        assert mark.name.startswith("code: ablate.steps.table")
        assert mark.stat().st_mtime > ahead

    @pytest.mark.parametrize(
        ("made", "lost"),
        [
            ("tables/widths", "records/tables/widths.json"),
            ("tables/widths", "tables/widths.md"),
            ("wide", "history.csv"),
            ("wide", "training.json"),
        ],
    )
    def test_what_has_lost_a_file_is_marked(self, tree, made, lost):
        product = tree.products[tree.run(made) if made == "wide" else made]
        (path,) = (each for each in product.files if str(each).endswith(lost))
        path.unlink()
        mark = Path(Agenda(tree.config).mark(product.name))
        assert mark.name == "files: some are gone"
        assert mark.stat().st_mtime > product.outputs[0].stat().st_mtime

    def test_what_is_whole_or_not_there_at_all_is_not_marked(self, tree):
        tree.products[tree.run("wide")].outputs[0].unlink()
        for path in tree.products["tables/widths"].files:
            path.unlink()
        agenda = Agenda(tree.config)
        assert agenda.mark(tree.run("wide")) is None
        assert agenda.mark("tables/widths") is None

    def test_a_report_of_what_there_is_marks_no_run(self, tree):
        wide = tree.run("wide")
        tree.products[wide].outputs[1].unlink()
        tree.products[measured(wide)].record.unlink()
        agenda = Agenda({**tree.config, "partial": True})
        assert agenda.mark(wide) is None
        assert agenda.mark(measured(wide)) is None

    def test_a_mark_takes_a_reason_of_any_length(self, tree, monkeypatch):
        agenda = Agenda(tree.config)
        reason = f"recording: {'mine.Größen, ' * 30}was not recorded as asked for now"
        monkeypatch.setattr(agenda.staleness, "reason", lambda _: reason)
        assert Path(agenda.mark("tables/widths")).name.startswith("recording: mine.Größen, ")

    def test_no_mark_appears_where_snakemake_may_have_looked_before(self, tree):
        tree.edit("tables/widths", code="0" * 16)
        tree.edit(tree.run("wide"), code="0" * 16)
        tree.edit(tree.run("narrow"), code="0" * 16)
        agenda = Agenda(tree.config)
        table, wide, narrow = (
            Path(agenda.mark(name))
            for name in ("tables/widths", tree.run("wide"), tree.run("narrow"))
        )
        assert wide == narrow
        assert wide.parent != table.parent

    def test_what_will_be_made_brings_news_and_what_stays_does_not(self, tree):
        tree.edit(tree.run("wide"), code="0" * 16)
        wide, narrow = (tree.run(row).split("/")[1] for row in ("wide", "narrow"))
        for whole, expected in ((True, {wide: True, narrow: False}), (False, {wide: True})):
            inputs = Agenda(tree.config).inputs("tables/widths", whole=whole)
            assert {Path(path).parts[-3]: new for path, new in inputs.items()} == expected

    def test_a_request_of_any_length_is_a_short_word(self, tree):
        agenda = Agenda({**tree.config, "seeds": list(range(40))})
        path = agenda.request("report/index")
        assert len(path) < 60
        assert path == agenda.request("report/index", write=False)
        assert json.loads(Path(path).read_text())["product"] == "report/index"

    def test_files_from_the_future_are_set_back_when_a_build_begins(self, tree, monkeypatch):
        # It would end the tests themselves once one of them sends a signal.
        monkeypatch.setattr("ablate.building.stopping.watch", lambda: None)
        table = tree.products["tables/widths"].outputs[0]
        os.utime(table, (2**32, 2**32))
        Agenda(tree.config).begin()
        assert table.stat().st_mtime < 2**32
