"""Rules that can't be obeyed stop the build by name and with the way out."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from builds import ROOT, raw_shop

GOOD = """\
fine,boost,tag,eco,all,0.5,,2026-03-01,2026-03-02 08:00,ann,
fine_too,pin,product_id,P1,for_you,,20,,,ann,
open,exclude,kind,Food > Tea,discover,,,,,ann,
"""
BAD = {
    "boots,boots,tag,eco,all,0.5,,,,ann,": "effect is boots; write boost, bury, pin or exclude",
    "colour,bury,colour,red,all,1,,,,ann,": "field is colour; write product_id, category, brand,",
    "unvalued,bury,brand,,all,1,,,,ann,": "it has no value; say which brand it is about",
    "unlisted,bury,brand,b,mail,1,,,,ann,": "list_name is mail; write for_you, discover or all",
    "ownerless,exclude,brand,b,all,,,,,,": "it has no owner; say who answers for it",
    "backwards,exclude,brand,b,all,,,2026-03-02,2026-03-01,ann,": "give a later valid_to, or none",
    "never,exclude,brand,b,all,,,2026-03-01,2026-03-01,ann,": "(valid_to 2026-03-01) before it beg",
    "undated,exclude,brand,b,all,,,Easter,,ann,": "valid_from is Easter, which is no moment",
    "weak,boost,brand,b,all,0,,,,ann,": "a boost has a strength above 0, such as 0.3; it says 0",
    "unweighed,bury,brand,b,all,,,,,ann,": "a bury has a strength above 0, such as 0.3; it says n",
    "strong,exclude,brand,b,all,1,,,,ann,": "only boost and bury have a strength; leave it empty",
    "wide,pin,brand,b,all,,1,,,ann,": "a pin names one product; write product_id as its field",
    "deep,pin,product_id,b,all,,21,,,ann,": "a pin has a place from 1 to 20; it says 21",
    "between,pin,product_id,b,all,,1.5,,,ann,": "a pin has a place from 1 to 20; it says 1.5",
    "placed,boost,brand,b,all,1,3,,,ann,": "only a pin has a place; leave it empty",
    ",exclude,brand,b,all,,,,,ann,": "a row without rule_id: give it a rule_id",
    "twice,exclude,brand,b,all,,,,,ann,\ntwice,exclude,brand,c,all,,,,,ann,": "write one row",
}
OTHERS = {
    "rebuy_windows": {
        "Food,7,ann,": "",
        "Tea,soon,ann,": "Tea: days is a whole number from 1 to 1000000000; it says soon",
        "Pots,7,,": "Pots: it has no owner",
    },
    "price_ranges": {
        "all,,10,0.5,,ann,": "",
        "discover,9,5,,,ann,": "discover: highest_price is below lowest_price; swap them",
        "for_you,,,cheap,,ann,": "for_you: lowest_share is a number from 0; it says cheap",
    },
    "offers": {
        "spring,tag,eco,,2026-03-01,100,ann,": "",
        "summer,tag,eco,,,0,ann,": "budget is a whole number from 1 to 1000000000; it says 0",
        "endless,tag,eco,,,3000000000,ann,": "endless: budget is a whole number from 1 to",
        "autumn,season,x,,,,ann,": "autumn: field is season",
        "winter,tag,eco,2026-01-02,2026-01-01,,ann,": "winter: it ends (valid_to 2026-01-01)",
    },
}


def dbt(project: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run dbt on a project, for the small shop and with its warehouse beside the project."""
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            *arguments,
            *("--project-dir", str(project), "--profiles-dir", str(project / "profiles")),
            *("--target-path", str(project / "target"), "--log-path", str(project / "logs")),
        ],
        env=os.environ
        | {"RAW_DATA": str(raw_shop()), "WAREHOUSE_PATH": str(project / "warehouse.duckdb")},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """The folder of a project like this one, but with seeds of its own."""
    project = tmp_path_factory.mktemp("project")
    for name in ("dbt_project.yml", "models", "python_models", "macros", "profiles"):
        (project / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "seeds/reference", project / "seeds/reference")
    for folder in ("tests", "analyses"):
        (project / folder).mkdir()
    (project / "tests/generic").symlink_to(ROOT / "tests/generic")
    return project


@pytest.fixture(scope="module")
def output(project) -> str:
    """What dbt says of seeds with a broken row of every kind beside good ones."""
    rows = {"recommendation_rules": [GOOD.strip(), *BAD]} | {
        name: list(rows) for name, rows in OTHERS.items()
    }
    for name, lines in rows.items():
        with (project / f"seeds/reference/{name}.csv").open("a") as file:
            file.write("\n".join(lines) + "\n")
    run = dbt(project, "seed", "--select", *rows)
    assert run.returncode == 1
    assert "Traceback" not in run.stdout
    return run.stdout


@pytest.mark.parametrize(("row", "said"), list(BAD.items()))
def test_a_rule_that_cannot_be_obeyed_is_named_with_the_way_out(output, row, said):
    assert "seeds/reference/recommendation_rules.csv has rows that cannot be obeyed:" in output
    rule = row.split(",")[0] or "a row without rule_id"
    line = next(line for line in output.splitlines() if line.strip().startswith(f"{rule}:"))
    assert said in line.strip()


@pytest.mark.parametrize("said", [s for rows in OTHERS.values() for s in rows.values() if s])
def test_so_is_a_window_a_range_and_an_offer(output, said):
    assert said in output


@pytest.mark.parametrize("name", ["fine", "fine_too", "open", "Food", "all", "spring"])
def test_rules_that_can_be_obeyed_are_not_named(output, name):
    assert f" {name}: " not in output


def test_a_weight_of_no_objective_is_named(project):
    run = dbt(project, "seed", "--vars", "{objective_weights: {conversion: 1, retention: 0}}")
    assert run.returncode != 0
    assert "objective_weights gives no number from 0 for upsell" in run.stdout


@pytest.mark.parametrize(
    ("name", "value", "way_out"),
    [
        ("list_length", "2.5", "give a whole number."),
        ("recommender_windows", "4", "give a whole number from 0 to that of train_cutoffs, 3."),
        ("category_cap", "2.5", "give the whole number of products, or 0 for no cap."),
    ],
)
def test_a_var_that_is_no_whole_number_in_range_is_named(project, name, value, way_out):
    run = dbt(project, "seed", "--select", "offers", "--vars", f"{{{name}: {value}}}")
    assert run.returncode != 0
    assert f"The var {name} is '{value}'; {way_out}" in run.stdout
