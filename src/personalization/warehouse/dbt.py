"""One run of dbt: its command line, progress and errors, and the manifest that it leaves."""

import argparse
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

import yaml

from personalization.warehouse.causes import cause_of, explained
from personalization.warehouse.places import BuildError, dbt_folder


def run_dbt(
    raw_data: Path,
    warehouse: Path,
    as_of: datetime | None,
    lock: TextIO,
    logs: Path | None = None,
    program: Sequence[str] = (),
    only: str | None = None,
    settings: dict[str, object] | None = None,
) -> None:
    """Run `dbt build` with progress in one line; raise BuildError with dbt's errors if it fails.

    lock : the open lock of the warehouse; dbt holds it too, and so for as long as it writes.
    logs : folder of dbt's log, if not beside what else dbt writes for this warehouse.
    program : what takes dbt's arguments in the place of the command `dbt`.
    only : build this model and what it needs, without data tests and saying nothing.
    settings : vars beside those in DBT_ARGS.
    """
    logs = logs or dbt_folder(warehouse) / "logs"
    command = [
        *(program or [str(Path(sys.executable).with_name("dbt"))]),
        *("--log-format", "json", "build", "--profiles-dir", "profiles"),
        # Unit tests judge the code, not the data; `make test` runs them.
        *("--exclude-resource-type", "unit_test"),
        *dbt_arguments(os.environ.get("DBT_ARGS") or "", as_of, only, settings),
        # Publication reads the manifest of this very run.
        *("--write-json", "--target-path", str(dbt_folder(warehouse) / "target")),
        # The SQL of every statement would be a tenth of the whole build's time; target/ has it.
        *("--log-path", str(logs), "--log-format-file", "debug", "--log-level-file", "info"),
    ]
    environment = os.environ | {"RAW_DATA": str(raw_data), "WAREHOUSE_PATH": str(warehouse)}
    errors, others = [], []
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        pass_fds=[lock.fileno()],
    ) as dbt:
        try:
            for line in dbt.stdout:
                follow(line, errors, others, is_silent=only is not None)
        except BaseException:
            dbt.terminate()
            raise
    if only is None:
        progress_line("")
    if dbt.returncode != 0:
        raise BuildError(
            failure(dbt.returncode, errors, others, logs / "dbt.log", warehouse.parent)
        )
    if only is None:
        print("".join(others), end="")


def failure(status: int, errors: list[str], others: list[str], log: Path, folder: Path) -> str:
    """Return why dbt failed: its errors, else what it said outside of its log as it broke down.

    status : its exit status, negative if a signal killed it.
    folder : where dbt wrote to.
    others : the lines that were no events, such as a stack trace, whose last line says it.
    """
    if errors:
        return explained(errors, folder)
    if status == -signal.SIGKILL:
        return (
            "dbt was killed from outside, by the system if memory ran out. Close what else runs "
            "on this machine, take a larger one, or set a lower DUCKDB_MEMORY_LIMIT."
        )
    if status < 0:
        name = signal.Signals(-status).name
        return f"dbt was ended by the signal {name}; build again, and if it recurs see {log}"
    last = next((line.strip() for line in reversed(others) if line.strip()), "dbt stopped")
    return cause_of("".join(others), folder) or f"{last}; see {log}"


def dbt_arguments(
    given: str,
    as_of: datetime | None,
    only: str | None = None,
    settings: dict[str, object] | None = None,
) -> list[str]:
    """Return DBT_ARGS as a list, the moment among its vars: of two --vars dbt would drop one.

    only : a model to build alone with what it needs; of DBT_ARGS the vars alone then hold.
    settings : vars beside those.

    Raises BuildError if the given vars are no mapping, or name as_of when AS_OF does too.
    """
    variables, others = vars_and_others(given)
    variables |= settings or {}
    if as_of is not None:
        if "as_of" in variables:
            raise BuildError("AS_OF and the var as_of are both given; give AS_OF alone")
        variables["as_of"] = as_of.isoformat(" ")
    if only is not None:
        others = ["--select", f"+{only}", "--exclude-resource-type", "test"]
    return ["--vars", json.dumps(variables, default=str), *others] if variables else others


def builds_all_models(given: str) -> bool:
    """Whether DBT_ARGS choose no part of the models; whether they leave out tests does not matter.

    Raises BuildError if the vars in them are no mapping.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    for option in (
        ("--select", "-s", "--models", "--model", "-m"),
        ("--exclude",),
        ("--selector",),
        ("--resource-type", "--resource-types"),
        ("--exclude-resource-type", "--exclude-resource-types"),
    ):
        parser.add_argument(*option, nargs="*", action="extend", dest=option[0])
    known, _ = parser.parse_known_args(vars_and_others(given)[1])
    chosen = {name: set(values) for name, values in vars(known).items() if values is not None}
    return all(
        name == "--exclude-resource-type" and values <= {"test", "unit_test"}
        for name, values in chosen.items()
    )


def vars_and_others(given: str) -> tuple[dict, list[str]]:
    """Return the vars in DBT_ARGS, and the rest of it; raise BuildError if they are no mapping."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--vars", default="{}")
    try:
        known, others = parser.parse_known_args(shlex.split(given))
        variables = yaml.safe_load(known.vars)
    except (ValueError, argparse.ArgumentError, yaml.YAMLError) as error:
        raise BuildError(f"DBT_ARGS={given} can't be read: {error}") from None
    if not isinstance(variables, dict):
        raise BuildError(f"--vars in DBT_ARGS is no mapping: {known.vars}")
    return variables, others


def follow(line: str, errors: list[str], others: list[str], is_silent: bool = False) -> None:
    """Take one line of dbt's log: show progress and messages, keep errors and what is no event."""
    try:
        event = json.loads(line)
        info, data = event["info"], event["data"]
    except (json.JSONDecodeError, TypeError, KeyError):
        others.append(line)
        return
    if info["name"] in ("RunResultError", "RunResultFailure", "MainEncounteredError"):
        # Where in a macro it was raised says nothing to who gave the data.
        lines = [x for x in info["msg"].strip().splitlines() if not x.lstrip().startswith("> ")]
        errors.append("\n".join(lines).strip())
    elif is_silent:
        return
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


def manifest(warehouse: Path) -> dict:
    """Return the manifest of dbt's last run on a warehouse."""
    return json.loads((dbt_folder(warehouse) / "target/manifest.json").read_text())


def mart_keys(warehouse: Path) -> dict[str, list[str]]:
    """Return the key columns of every mart, as its key test in dbt's manifest names them."""
    nodes = manifest(warehouse)["nodes"].values()
    marts = {n["unique_id"]: n["alias"] for n in nodes if n.get("schema") == "marts"}
    keys = {}
    for node in nodes:
        if node.get("attached_node") in marts and node["test_metadata"]["name"] == "key":
            columns = node["test_metadata"]["kwargs"]["columns"]
            keys.setdefault(marts[node["attached_node"]], [c.strip('"') for c in columns])
    return keys


def mart_comments(warehouse: Path) -> dict[str, str]:
    """Return the descriptions of every mart and column, as dbt's manifest has them."""
    nodes = manifest(warehouse)["nodes"].values()
    comments = {}
    for mart in (n for n in nodes if n["resource_type"] == "model" and n["schema"] == "marts"):
        comments[mart["alias"]] = " ".join(mart["description"].split())
        for column in mart["columns"].values():
            comments[f"{mart['alias']}.{column['name']}"] = column["description"]
    return comments
