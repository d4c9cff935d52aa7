"""What dbt read of the project in one build, for the next build of another warehouse to start from.

Parsing the whole project is a fifth of a small build. dbt spares itself that where it finds its
last parse beside the warehouse, and checks what it finds by itself: its version, vars, profile and
each file of the project. Of the profile it checks the warehouse's path, on which no parse depends;
so a parse is kept without that check and lent with the new warehouse's.
"""

import hashlib
import json
import pprint
import tempfile
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from personalization.warehouse.dbt import vars_and_others
from personalization.warehouse.places import BuildError, dbt_folder

# In the working directory, as the project is.
FOLDER = Path("var/parses")
_NO_CHECK = b"0" * 64


def lend(warehouse: Path, environment: Mapping[str, str]) -> None:
    """Lay a kept parse beside a warehouse that has none, if one with the same vars was kept."""
    kept, place = _kept(warehouse, environment), _place(warehouse)
    if kept is not None and kept.exists() and not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        check = _check(warehouse, environment)
        place.write_bytes(kept.read_bytes().replace(_NO_CHECK, check))


def keep(warehouse: Path, environment: Mapping[str, str]) -> None:
    """Keep the parse of a build that has ended, in the place of an older one with its vars."""
    kept, place = _kept(warehouse, environment), _place(warehouse)
    if kept is None or not place.exists():
        return
    content, check = place.read_bytes(), _check(warehouse, environment)
    if content.count(check) != 1:
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Builds at once keep theirs at once: whoever is last stays, whole.
    with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as file:
        file.write(content.replace(check, _NO_CHECK))
    Path(file.name).replace(kept)


def _place(warehouse: Path) -> Path:
    return dbt_folder(warehouse) / "target/partial_parse.msgpack"


def _kept(warehouse: Path, environment: Mapping[str, str]) -> Path | None:
    """Return where the parse with the vars of an environment is kept; None if they are no vars."""
    try:
        variables, _ = vars_and_others(environment.get("DBT_ARGS", ""))
    except BuildError:
        return None
    # A parse names the database, which bears the name of the file.
    named = json.dumps(
        [warehouse.stem, variables, environment.get("AS_OF")], sort_keys=True, default=str
    )
    return FOLDER / f"{hashlib.sha256(named.encode()).hexdigest()[:16]}.msgpack"


def _check(warehouse: Path, environment: Mapping[str, str]) -> bytes:
    """Return what dbt checks a profile by: the hash of what it connects with."""
    from dbt.config.profile import Profile, read_profile
    from dbt.config.renderer import ProfileRenderer
    from dbt.flags import set_from_args
    from dbt_common.context import set_invocation_context

    set_from_args(Namespace(), None)
    set_invocation_context({**environment, "WAREHOUSE_PATH": str(warehouse)})
    profile = Profile.from_raw_profiles(
        read_profile("profiles"), "personalization", ProfileRenderer({})
    )
    connection = sorted(profile.credentials.connection_info())
    return hashlib.sha256(pprint.pformat(connection).encode()).hexdigest().encode()
