"""`personalization build`: dbt build, then publication; what `make build` runs."""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import yaml

from personalization.landing.files import unreadable_files
from personalization.warehouse import copies
from personalization.warehouse.places import BuildError, Places, places_from_environment

MANIFEST = Path("target/manifest.json")


def build() -> None:
    """Build the marts as the environment asks and publish them.

    Raises BuildError if there is nothing to read, dbt fails, or as_of can't be read; the old
    publication then stays.
    """
    places = places_from_environment()
    check_files(places.raw_data)
    as_of = moment(os.environ.get("AS_OF") or None)
    if not places.warehouse.exists() and places.state_export.exists():
        print(f"Restoring the state from {places.state_export}")
        copies.copy_state(places.state_export, places.warehouse)
    copies.give_back_state(places.warehouse)
    newest = copies.newest_as_of(places.warehouse)
    if as_of is not None and newest is not None and as_of < newest:
        replay(places, as_of, newest)
    else:
        copies.put_state_aside(places.warehouse)
        try:
            run_dbt(places.raw_data, places.warehouse, as_of)
        except BuildError:
            copies.give_back_state(places.warehouse)
            raise
        counts = copies.publish(places.warehouse, places.marts, mart_keys(), mart_comments())
        copies.copy_state(places.warehouse, places.state_export)
        copies.aside_of(places.warehouse).unlink()
        say_what_was_built(places, counts)


def check_files(raw_data: Path) -> None:
    """Raise BuildError for raw files that are no Parquet, all of them at once."""
    broken = unreadable_files(raw_data)
    if broken:
        raise BuildError(
            f"{len(broken)} raw files are no Parquet; deliver them again or take them away:\n"
            + "\n".join(f"  {name}: {why}" for name, why in broken.items())
        )


def replay(places: Places, as_of: datetime, newest: datetime) -> None:
    """Build an earlier moment beside the warehouse, which is left as it is."""
    print(f"as_of {as_of} is before {newest}, the newest build: a replay, in a scratch warehouse")
    places.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=places.warehouse.parent, prefix="replay-") as folder:
        scratch = Path(folder) / places.warehouse.name
        copies.copy_state(places.warehouse, scratch, as_of)
        run_dbt(places.raw_data, scratch, as_of)
        if places.marts_given:
            counts = copies.publish(scratch, places.marts, mart_keys(), mart_comments())
            say_what_was_built(places, counts)
        else:
            print("Nothing was published: a replay publishes to an explicit MARTS_PATH only.")


def moment(text: str | None) -> datetime | None:
    """Read AS_OF as a naive UTC moment: a date is its midnight, an offset is honoured.

    Raises BuildError if it is neither date nor timestamp.
    """
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text.strip())
        return read.astimezone(UTC).replace(tzinfo=None) if read.tzinfo else read
    except (ValueError, OverflowError):
        raise BuildError(
            f"AS_OF={text} is no moment. Give a date (midnight UTC) or a timestamp, such as "
            "2026-03-01 or 2026-03-01T12:00:00Z."
        ) from None


def run_dbt(raw_data: Path, warehouse: Path, as_of: datetime | None) -> None:
    """Run `dbt build` with progress in one line; raise BuildError with dbt's errors if it fails."""
    command = [
        str(Path(sys.executable).with_name("dbt")),
        *("--log-format", "json", "build", "--profiles-dir", "profiles"),
        # Unit tests judge the code, not the data; `make test` runs them.
        *("--exclude-resource-type", "unit_test"),
        *dbt_arguments(os.environ.get("DBT_ARGS") or "", as_of),
    ]
    environment = os.environ | {"RAW_DATA": str(raw_data), "WAREHOUSE_PATH": str(warehouse)}
    errors = []
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as dbt:
        for line in dbt.stdout:
            follow(line, errors)
    progress_line("")
    if dbt.returncode != 0:
        shown = "\n".join(dict.fromkeys(errors)) or "dbt stopped; see logs/dbt.log"
        raise BuildError(f"{shown}\nNothing was published; the last publication stays as it was.")


def dbt_arguments(given: str, as_of: datetime | None) -> list[str]:
    """Return DBT_ARGS as a list, the moment among its vars: of two --vars dbt would drop one.

    Raises BuildError if the given vars are no mapping, or name as_of when AS_OF does too.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--vars", default="{}")
    try:
        known, others = parser.parse_known_args(shlex.split(given))
        variables = yaml.safe_load(known.vars)
    except (ValueError, argparse.ArgumentError, yaml.YAMLError) as error:
        raise BuildError(f"DBT_ARGS={given} can't be read: {error}") from None
    if not isinstance(variables, dict):
        raise BuildError(f"--vars in DBT_ARGS is no mapping: {known.vars}")
    if as_of is not None:
        if "as_of" in variables:
            raise BuildError("AS_OF and the var as_of are both given; give AS_OF alone")
        variables["as_of"] = as_of.isoformat(" ")
    return ["--vars", json.dumps(variables, default=str), *others] if variables else others


def follow(line: str, errors: list[str]) -> None:
    """Take one line of dbt's log: show progress and messages, keep errors."""
    try:
        event = json.loads(line)
    except json.JSONDecodeError:
        print(line, end="")
        return
    info, data = event["info"], event["data"]
    if info["name"] in ("RunResultError", "RunResultFailure", "MainEncounteredError"):
        # Where in a macro it was raised says nothing to who gave the data.
        lines = [x for x in info["msg"].strip().splitlines() if not x.lstrip().startswith("> ")]
        errors.append("\n".join(lines).strip())
    elif info["name"] == "JinjaLogInfo":
        progress_line("")
        print(info["msg"], flush=True)
    elif info["name"] in ("LogModelResult", "LogTestResult", "LogSeedResult"):
        total = data.get("total") or data.get("num_models")
        say_progress(data["index"], total, data["node_info"]["node_name"])


def say_progress(done: int, total: int, node: str) -> None:
    """Show how far dbt is: on a terminal in one line, in a file about ten times in all."""
    if sys.stdout.isatty():
        progress_line(f"dbt build {done}/{total} {node}")
    elif done % max(1, total // 10) == 0:
        print(f"dbt build {done}/{total}", flush=True)


def progress_line(text: str) -> None:
    """Rewrite the terminal's current line; empty text clears it."""
    if sys.stdout.isatty():
        width = shutil.get_terminal_size().columns - 1
        print("\r" + text[:width].ljust(width) + ("" if text else "\r"), end="", flush=True)


def mart_keys() -> dict[str, list[str]]:
    """Return the key columns of every mart, as its key test in dbt's manifest names them."""
    manifest = json.loads(MANIFEST.read_text())
    nodes = manifest["nodes"].values()
    marts = {n["unique_id"]: n["alias"] for n in nodes if n.get("schema") == "marts"}
    keys = {}
    for node in nodes:
        if node.get("attached_node") in marts and node["test_metadata"]["name"] == "key":
            columns = node["test_metadata"]["kwargs"]["columns"]
            keys.setdefault(marts[node["attached_node"]], [c.strip('"') for c in columns])
    return keys


def mart_comments() -> dict[str, str]:
    """Return the descriptions of every mart and column, as dbt's manifest has them."""
    nodes = json.loads(MANIFEST.read_text())["nodes"].values()
    comments = {}
    for mart in (n for n in nodes if n["resource_type"] == "model" and n["schema"] == "marts"):
        comments[mart["alias"]] = " ".join(mart["description"].split())
        for column in mart["columns"].values():
            comments[f"{mart['alias']}.{column['name']}"] = column["description"]
    return comments


def say_what_was_built(places: Places, counts: dict[str, int]) -> None:
    """Tell a person what stands where, and what to open next."""
    print(f"\nPublished {len(counts)} marts, {sum(counts.values()):,} rows: {places.marts}")
    for name in ("dim_customers", "fct_orders", "fct_recommendations", "quarantined_rows"):
        if f"marts.{name}" in counts:
            print(f"  {name:<22}{counts[f'marts.{name}']:>12,} rows")
    print(f"Look inside: .venv/bin/personalization show fct_recommendations --marts {places.marts}")
