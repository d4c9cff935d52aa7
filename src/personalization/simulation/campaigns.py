"""The plan of the shop's mails: campaigns, their messages, and two experiments on them."""

import json
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from personalization.simulation import columns
from personalization.simulation.world import DAY, World

OBJECTIVES = {
    "newsletter": "retention",
    "promotion": "conversion",
    "recommendation": "upsell",
    "winback": "retention",
    "transactional": "retention",
}
# Logits that a kind of content adds to opening, to clicking, and to ordering after a click.
LIFTS = {
    "newsletter": (0.0, 0.0, 0.0),
    "promotion": (0.15, 0.2, 0.5),
    "recommendation": (0.1, -0.2, 0.3),
    "winback": (-0.3, 0.1, 0.3),
    "transactional": (1.6, -0.6, -3.0),
}
_ROUND = ("newsletter", "promotion", "recommendation", "newsletter", "recommendation")
_DAYS_BETWEEN = 9
_WINBACK_DAYS = 30
_HOURS = (6, 8, 11, 16, 18)
_SUBJECTS = {
    "newsletter": "News from the shop",
    "promotion": "Save this week",
    "recommendation": "Picked for you",
    "winback": "We miss you",
    "transactional": "Your order",
}


@dataclass(frozen=True)
class Experiment:
    """A trial on mails of one kind; the arms differ as the truth says.

    personal : per arm, how far products follow taste rather than popularity; None: no effect.
    """

    key: str
    hypothesis: str
    content_type: str
    first_day: int
    last_day: int
    arms: tuple[str, ...]
    weights: tuple[float, ...]
    has_exposures: bool
    personal: tuple[float, ...] | None = None
    tones: tuple[str, ...] = field(default=("", "", ""))


EXPERIMENTS = (
    Experiment(
        "recommendation-source",
        "Products after a person's taste are clicked and bought more than popular ones",
        "recommendation",
        180,
        330,
        ("popular", "mixed", "taste"),
        (0.34, 0.33, 0.33),
        has_exposures=True,
        personal=(0.0, 0.5, 1.0),
    ),
    Experiment(
        "subject-tone",
        "A warm or an urgent subject line makes more people click",
        "newsletter",
        300,
        480,
        ("plain", "warm", "urgent"),
        (0.34, 0.33, 0.33),
        has_exposures=False,
        tones=("", ", dear friend", ": last chance"),
    ),
)
# Mails outside the experiment show products in this manner.
PERSONAL = 0.5


@dataclass(frozen=True)
class Campaign:
    """One mailing; `day` and `hour` in UTC, `first_message` numbers its first variant."""

    number: int
    content_type: str
    day: int
    hour: int
    spread_hours: int
    first_message: int
    experiment: int


def plan(world: World) -> list[Campaign]:
    """Return all campaigns by day; the last one is the confirmation that follows each order."""
    chance = world.chance("campaigns")
    dates = [
        (day, _ROUND[i % len(_ROUND)]) for i, day in enumerate(range(3, world.days, _DAYS_BETWEEN))
    ]
    dates += [(day, "winback") for day in range(15, world.days, _WINBACK_DAYS)]
    campaigns, message = [], 0
    for number, (day, content_type) in enumerate([*sorted(dates), (world.days, "transactional")]):
        running = [
            index
            for index, trial in enumerate(EXPERIMENTS)
            if trial.content_type == content_type and trial.first_day <= day < trial.last_day
        ]
        # One mailing in four is spread over the day, so that the best hour can be learned.
        spread = 15 if chance.random() < 0.25 else 0
        hour = 6 if spread else int(chance.choice(_HOURS))
        experiment = running[0] if running else -1
        campaigns.append(Campaign(number, content_type, day, hour, spread, message, experiment))
        message += len(EXPERIMENTS[experiment].arms) if running else 1
    return campaigns


def messages(world: World, campaigns: list[Campaign]) -> pa.Table:
    """Return esp_messages: one row per campaign, or per arm of its experiment."""
    rows, scheduled = [], []
    for campaign in campaigns:
        trial = EXPERIMENTS[campaign.experiment] if campaign.experiment >= 0 else None
        is_planned = campaign.content_type != "transactional"
        for place, arm in enumerate(trial.arms if trial else (None,)):
            subject = _SUBJECTS[campaign.content_type] + (trial.tones[place] if trial else "")
            rows.append(
                {
                    "message_id": f"m{campaign.first_message + place + 1:04d}",
                    "campaign_id": f"c{campaign.number + 1:03d}",
                    "campaign_name": f"{campaign.content_type.title()} {campaign.number + 1}",
                    "subject": subject,
                    "content_type": campaign.content_type,
                    "objective": OBJECTIVES[campaign.content_type],
                    "template_id": f"t-{campaign.content_type}",
                    "is_personalized": shows_products(campaign)
                    and personal_share(trial, place) > 0,
                    "experiment_key": trial.key if trial else None,
                    "variant_key": arm,
                }
            )
            scheduled.append(campaign.day * DAY + campaign.hour * 3600 if is_planned else np.nan)
    times = columns.moments(world, np.array(scheduled))
    return pa.Table.from_pylist(rows).append_column("scheduled_at", times)


def shows_products(campaign: Campaign) -> bool:
    """Return whether a campaign's mails hold products chosen per person."""
    return campaign.content_type in ("recommendation", "winback")


def personal_share(trial: Experiment | None, arm: int) -> float:
    """Return how far the products of an arm follow taste rather than popularity."""
    return trial.personal[arm] if trial and trial.personal else PERSONAL


def experiments(world: World) -> pa.Table:
    """Return the table experiments of those that began within the world."""
    begun = [trial for trial in EXPERIMENTS if trial.first_day < world.days]
    ended = [trial.last_day * DAY if trial.last_day < world.days else np.nan for trial in begun]
    return pa.table(
        {
            "experiment_key": pa.array([trial.key for trial in begun], pa.string()),
            "hypothesis": pa.array([trial.hypothesis for trial in begun], pa.string()),
            "variants": pa.array([json.dumps(_variants(trial)) for trial in begun], pa.string()),
            "primary_metric": pa.array(["conversion" for _ in begun], pa.string()),
            "unit": pa.array(["subscriber_id" for _ in begun], pa.string()),
            "layer": pa.array([trial.content_type for trial in begun], pa.string()),
            "salt": pa.array([trial.key for trial in begun], pa.string()),
            "started_at": columns.moments(
                world, np.array([trial.first_day * DAY for trial in begun], dtype=float)
            ),
            "ended_at": columns.moments(world, np.array(ended, dtype=float)),
            "owner": pa.array(["lifecycle" for _ in begun], pa.string()),
        }
    )


def _variants(trial: Experiment) -> list[dict]:
    return [
        {
            "key": arm,
            "weight": weight,
            "is_control": place == 0,
            "factors": {"personal": trial.personal[place]} if trial.personal else {"tone": arm},
        }
        for place, (arm, weight) in enumerate(zip(trial.arms, trial.weights, strict=True))
    ]
