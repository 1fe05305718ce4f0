"""Tables in a narrow terminal."""

from rich.console import Console

from ablate.commands.terminal import grid

LONG = "resnet18-width=0.0625-dropout=0.1-activation=RReLU-hidden=16-gamma=0.5/seed0"


def test_where_it_is_narrow_names_fold_and_numbers_stay_whole():
    table = grid(["run"], ["reference", "epochs alike"])
    table.add_row(LONG, "54.50", "12 of 12")
    console = Console(width=60)
    with console.capture() as capture:
        console.print(table)
    said = capture.get()
    assert "54.50" in said
    assert "12 of 12" in said
    first = [line.split("│")[1].strip() for line in said.splitlines() if line.startswith("│")]
    assert "".join(first) == LONG
