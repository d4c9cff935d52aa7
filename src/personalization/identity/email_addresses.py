"""E-mail addresses in one normal form, by the rules of the mailbox providers that have some."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

import idna
import pyarrow as pa

# Signs without a width that Unicode counts among letters or marks, not among the format characters.
UNSEEN = set("\u034f\u115f\u1160\u2800\u3164\uffa0") | {chr(n) for n in range(0xFE00, 0xFE10)}
# In an unquoted local part they are not allowed (RFC 5321), and tell of two addresses or none.
FORBIDDEN = re.compile(r"[\s\x00-\x1f\x7f()<>\[\]:;,\\\"@]")
IN_BRACKETS = re.compile(r"<([^<>]*)>$")
# What lists and spreadsheets leave around an address; no mailbox begins or ends so.
AROUND = "'\"`,; "
AT = re.compile(r"\s*[@\uff20]\s*")


class Provider(NamedTuple):
    """What a provider documents of the addresses that reach one mailbox."""

    canonical_domain: str
    ignores_dots: bool
    tag_separator: str | None


def provider_rules(providers: pa.Table) -> dict[str, Provider]:
    """Read the rules by domain from the columns of the seed email_providers."""
    return {
        row["domain"]: Provider(
            row["canonical_domain"], row["ignores_dots"], row["tag_separator"] or None
        )
        for row in providers.to_pylist()
    }


def normal_email(raw: str, rules: dict[str, Provider]) -> str | None:
    """Return the address that all spellings of one mailbox share; None if it is no address.

    raw : as delivered; a display name around the address and a leading mailto: are read.
    rules : by domain, from provider_rules; a domain without one keeps its local part.
    """
    local, _, domain = bare_address(raw).rpartition("@")
    if not local or FORBIDDEN.search(local):
        return None
    name = domain_name(domain)
    if name is None:
        return None
    if name not in rules:
        return f"{local}@{name}"
    provider = rules[name]
    return f"{mailbox(local, provider)}@{provider.canonical_domain}"


def cleaned(raw: str) -> str:
    """Return the text composed (NFC), trimmed, in lower case and without unseen characters."""
    if raw.isascii():
        return raw.strip().lower()
    seen = "".join(c for c in raw if unicodedata.category(c) != "Cf" and c not in UNSEEN)
    # Lower case of a composed letter may be two characters, which compose again.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", seen).lower()).strip()


def bare_address(raw: str) -> str:
    """Return the cleaned text without what stands around the address and its @.

    That is a display name, mailto: (RFC 6068), quotation marks, separators of a list, blanks.
    """
    address = cleaned(raw).strip(AROUND)
    in_brackets = IN_BRACKETS.search(address)
    if in_brackets:
        address = in_brackets[1]
    address = AT.sub("@", address.strip(AROUND))
    if address.startswith("mailto:"):
        address = unquote(address.removeprefix("mailto:").partition("?")[0]).lower()
    return address


def mailbox(local: str, provider: Provider) -> str:
    """Return the local part without what the provider ignores, or as it is if nothing is left."""
    kept = local
    if provider.tag_separator:
        kept = kept.partition(provider.tag_separator)[0]
    if provider.ignores_dots:
        kept = kept.replace(".", "")
    return kept or local


@lru_cache(maxsize=100_000)
def domain_name(domain: str) -> str | None:
    """Return the domain in ASCII (punycode, UTS 46) without a last dot; None if none can exist."""
    try:
        name = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").removesuffix(".")
    except idna.IDNAError:
        return None
    _, dot, top_level = name.rpartition(".")
    return name if dot and not top_level.isdigit() else None


def domain_and_parents(domain: str) -> str:
    """Return the domain and those it lies in but the top level, separated by blanks."""
    labels = domain.split(".")
    return " ".join(".".join(labels[start:]) for start in range(len(labels) - 1))
