"""`personalization prove`: which prover runs, on what, and how it is told."""

import argparse
from pathlib import Path

from personalization.warehouse.build import moment
from personalization.warehouse.places import (
    BuildError,
    check_raw_data,
    raw_data_from_environment,
)


def add_command(commands: argparse._SubParsersAction) -> None:
    """Add `prove` with its options to the commands."""
    command = commands.add_parser(
        "prove", help="build real data in many ways and compare the marts; see docs/provers.md"
    )
    command.add_argument(
        "what",
        choices=["as-of", "delivery", "faults", "identity", "erasure", "intervals", "policies"],
    )
    command.add_argument("--raw-data", type=Path, help="raw tables (default: RAW_DATA)")
    command.add_argument(
        "--moment", action="append", help="as-of: moment to prove, once or more (default: two)"
    )
    command.add_argument(
        "--kills", type=int, default=20, help="faults: how often a build is killed"
    )
    command.add_argument("--customers", type=int, default=2000, help="identity: people, 1 or more")
    command.add_argument(
        "--seed", type=int, default=1, help="identity, intervals, policies: another seed, world"
    )
    command.add_argument(
        "--share", type=float, default=0.01, help="erasure: share of the people who ask for it"
    )
    command.add_argument(
        "--worlds",
        type=int,
        help="intervals, policies: worlds of each design, 10 or more (default: 200, 1000)",
    )
    command.set_defaults(run=prove)


def prove(arguments: argparse.Namespace) -> None:
    """Run one prover; raise BuildError with the claims that do not hold."""
    from personalization.provers import as_of, delivery, erasure, faults, identity

    folder = Path("var/prove") / arguments.what
    if arguments.what in ("intervals", "policies"):
        _prove_by_worlds(arguments)
        return
    if arguments.what == "identity":
        if arguments.customers < 1 or arguments.seed < 0:
            raise BuildError("prove identity takes 1 customer or more and a seed from 0 on")
        proven = identity.prove(arguments.customers, arguments.seed, folder)
        _say_proven([v.claim for v in proven if not v.holds], folder)
        return
    raw_data = arguments.raw_data or raw_data_from_environment()
    check_raw_data(raw_data)
    if arguments.what == "as-of":
        given = [moment(text) for text in arguments.moment or []]
        broken = [
            mart
            for at in given or as_of.two_moments(raw_data)
            for mart in as_of.prove(raw_data, at, folder / f"{at:%Y-%m-%dT%H%M}")
        ]
    elif arguments.what == "delivery":
        broken = [v.claim for v in delivery.prove(raw_data, folder) if not v.holds]
    elif arguments.what == "erasure":
        proven = erasure.prove(raw_data, folder, arguments.share)
        broken = [v.claim for v in proven if not v.holds]
    else:
        proven = faults.prove(raw_data, folder, arguments.kills)
        broken = [v.claim for v in proven if not v.holds]
    _say_proven(broken, folder)


def _prove_by_worlds(arguments: argparse.Namespace) -> None:
    from personalization.provers import intervals, policies
    from personalization.provers.verdicts import told

    prover, usual = {"intervals": (intervals, 200), "policies": (policies, 1000)}[arguments.what]
    worlds = usual if arguments.worlds is None else arguments.worlds
    if worlds < 10 or arguments.seed < 0:
        raise BuildError(f"prove {arguments.what} takes 10 worlds or more and a seed from 0 on")
    table, verdicts = prover.prove(worlds, arguments.seed)
    print(table)
    broken = [v.claim for v in told(verdicts, print) if not v.holds]
    if broken:
        raise BuildError(f"Not proven: {'; '.join(broken)}.")
    print("Proven.")


def _say_proven(broken: list[str], folder: Path) -> None:
    if broken:
        raise BuildError(f"Not proven: {'; '.join(broken)}. What was built lies in {folder}.")
    print("Proven.")
