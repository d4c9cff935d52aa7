"""What is mailed to whom, and how people answer: opens, clicks, orders, farewells.

Campaigns are walked through in time, since whoever unsubscribes gets no later mail and whoever
orders gets no win-back. Within a campaign everything is arrays over its recipients.
"""

import numpy as np

from personalization.simulation import campaigns as plans
from personalization.simulation.buying import CANCELLED_SHARE, Orders, order_probability
from personalization.simulation.campaigns import LIFTS, Campaign
from personalization.simulation.catalogue import Catalogue
from personalization.simulation.people import People
from personalization.simulation.seasons import Seasons
from personalization.simulation.sends import SLOTS, Sends, Subscribers
from personalization.simulation.world import DAY, World

# Human opens come after a log-normal delay; its median in hours, and its spread.
OPEN_DELAY_HOURS, OPEN_DELAY_SPREAD = 2.0, 1.3
OPENED_BY_24H, OPENED_BY_48H = 0.972, 0.993  # of all human opens: the log-normal's distribution
_AUDIENCE = 0.36
# How often a privacy proxy or a link scanner does what it is there for.
_AT_WORK = 0.9
_WINBACK_AFTER = 120.0
_ORDER_AFTER_CLICK = -1.1
_MATCH_LIFT = 1.6
_HARD_BOUNCE, _SOFT_BOUNCE = 0.001, 0.008
_COMPLAINT = 0.0004


def subscribe(people: People, chance) -> Subscribers:
    """Put people on the list soon after they arrive; some with a second address, later."""
    first = np.flatnonzero(people.is_subscriber)
    second = np.flatnonzero(people.second_address)
    person = np.r_[first, second]
    is_second = np.r_[np.zeros(len(first), dtype=bool), np.ones(len(second), dtype=bool)]
    delay = np.where(is_second, 40 * DAY, 0.3 * DAY) * chance.exponential(1, len(person))
    never = np.full(len(person), np.inf)
    arms = [
        chance.choice(len(trial.arms), len(person), p=trial.weights) for trial in plans.EXPERIMENTS
    ]
    return Subscribers(
        person, is_second, people.arrived[person] + delay, never, never.copy(), np.stack(arms, 1)
    )


class Mailing:
    """One walk through the campaigns for some people."""

    def __init__(
        self,
        world: World,
        seasons: Seasons,
        catalogue: Catalogue,
        people: People,
        own: Orders,
        last_before: np.ndarray,
    ):
        self.world, self.seasons, self.catalogue, self.people = world, seasons, catalogue, people
        self.chance = world.chance("mailing", int(people.number[0]))
        self.subscribers = subscribe(people, self.chance)
        self._last_before = last_before
        by_person = np.lexsort((own.operational, own.person))
        self._own_person, self._own_at = own.person[by_person], own.operational[by_person]
        self._own_keys = self._key(self._own_person, self._own_at)
        self._mailed_order = np.full(len(people), -np.inf)

    def walk(self, campaigns: list[Campaign]) -> Sends:
        """Send every planned campaign."""
        parts = [self._send(c) for c in campaigns if c.content_type != "transactional"]
        return Sends.together(parts)

    def confirm(self, campaign: Campaign, orders: Orders) -> Sends:
        """Send a confirmation of each order to those on the list."""
        place = np.full(len(self.people), -1)
        firsts = np.flatnonzero(~self.subscribers.second)
        place[self.subscribers.person[firsts]] = firsts
        subscriber, sent = place[orders.person], orders.at + 60.0
        known = (subscriber >= 0) & (sent < self.world.seconds)
        subscriber, sent = subscriber[known], sent[known]
        there = (self.subscribers.subscribed[subscriber] < sent) & (
            self.subscribers.cleaned[subscriber] > sent
        )
        return self._answers(campaign, subscriber[there], sent[there])

    def _key(self, person, operational) -> np.ndarray:
        """Return numbers that sort by person, then time."""
        return person * (self.seasons.end + 1) + operational

    def _since_own_order(self, person, operational) -> np.ndarray:
        """Return operational days since the last own order, or since the person began to buy."""
        before = self._last_before[person]
        if not len(self._own_at):
            return operational - before
        place = np.searchsorted(self._own_keys, self._key(person, operational)) - 1
        is_mine = (place >= 0) & (self._own_person[place] == person)
        return operational - np.where(is_mine, self._own_at[place], before)

    def _send(self, campaign: Campaign) -> Sends:
        subs, chance = self.subscribers, self.chance
        opens = campaign.day * DAY + campaign.hour * 3600.0
        if campaign.content_type == "winback":
            moment = np.full(len(subs.person), opens)
            place, curve = self.people.place[subs.person], self.people.curve[subs.person]
            now = self.seasons.operational(moment, place, curve)
            since = np.minimum(
                self._since_own_order(subs.person, now), now - self._mailed_order[subs.person]
            )
            audience = (since > _WINBACK_AFTER) & (since < 2 * _WINBACK_AFTER)
        else:
            audience = chance.random(len(subs.person)) < _AUDIENCE
        spread = campaign.spread_hours * 3600.0 if campaign.spread_hours else 1800.0
        sent = opens + np.floor(chance.random(len(subs.person)) * spread)
        on_list = (subs.subscribed < sent) & (np.minimum(subs.left, subs.cleaned) > sent)
        subscriber = np.flatnonzero(on_list & audience)
        return self._answers(campaign, subscriber, sent[subscriber])

    def _answers(self, campaign: Campaign, subscriber: np.ndarray, sent: np.ndarray) -> Sends:
        """Let the recipients of one campaign answer; remember who leaves and who orders."""
        people, chance, n = self.people, self.chance, len(subscriber)
        person = self.subscribers.person[subscriber]
        place, curve = people.place[person], people.curve[person]
        arm = np.full(n, -1)
        if campaign.experiment >= 0:
            arm = self.subscribers.arms[subscriber, campaign.experiment]
        shown, propensity, match = self._products(campaign, person, arm, sent)
        lift_open, lift_click, lift_order = LIFTS[campaign.content_type]
        now = self.seasons.operational(sent, place, curve)
        is_alive = people.churns_operational[person] > now
        open_logit = people.opening[person] + lift_open + np.where(is_alive, 0.3, -1.2)
        open_logit += 0.6 * np.log(self.seasons.engagement(sent, place, curve))
        open_logit -= self.subscribers.second[subscriber] * 1.5
        opens = _probability(open_logit)
        clicks = _probability(people.clicking[person] + lift_click + match)
        buys = np.isfinite(people.gap[person]) & is_alive
        orders = _probability(np.full(n, _ORDER_AFTER_CLICK + lift_order)) * buys
        delay = chance.lognormal(np.log(OPEN_DELAY_HOURS * 3600), OPEN_DELAY_SPREAD, n)

        bounced = chance.random(n) < _HARD_BOUNCE + _SOFT_BOUNCE
        is_hard = bounced & (chance.random(n) < _HARD_BOUNCE / (_HARD_BOUNCE + _SOFT_BOUNCE))
        arrives = ~bounced
        delivered = sent + 1 + np.floor(chance.random(n) * 40)
        opened = np.where(arrives & (chance.random(n) < opens), delivered + delay, np.nan)
        clicked = np.where(
            chance.random(n) < clicks, opened + 5 + chance.exponential(60, n), np.nan
        )
        slot = self._clicked_slot(person, shown)
        ordered = np.where(
            chance.random(n) < orders, clicked + 300 + chance.exponential(1500, n), np.nan
        )
        machine = people.has_proxy[person] & arrives & (chance.random(n) < _AT_WORK)
        scanned = people.has_scanner[person] & arrives & (chance.random(n) < _AT_WORK)
        leaves = chance.random(n) < _probability(people.leaving[person])
        leaves &= campaign.content_type != "transactional"
        hours_48 = self.seasons.operational(sent + 2 * DAY, place, curve) - now
        own = order_probability(
            self._since_own_order(person, now),
            hours_48,
            people.gap[person],
            people.churn_rate[person],
        )
        reach = 1 - _HARD_BOUNCE - _SOFT_BOUNCE
        by_mail = reach * opens * OPENED_BY_48H * clicks * orders
        kept = 1 - CANCELLED_SHARE
        by_hand = opens * OPENED_BY_24H
        unopened = (1 - by_hand) * (1 - _AT_WORK * people.has_proxy[person])
        unopened *= 1 - _AT_WORK * people.has_scanner[person]
        sends = Sends(
            subscriber=subscriber,
            campaign=np.full(n, campaign.number),
            arm=arm,
            sent=sent,
            shown=shown,
            propensity=propensity,
            open_probability=reach * (1 - unopened),
            human_open_probability=reach * by_hand,
            click_probability=reach * opens * clicks,
            purchase_probability=1 - (1 - kept * np.where(buys, own, 0)) * (1 - kept * by_mail),
            delivered=np.where(arrives, delivered, np.nan),
            machine_opened=np.where(machine, delivered + 1 + chance.exponential(240, n), np.nan),
            opened=opened,
            clicked=clicked,
            clicked_slot=np.where(np.isnan(clicked), -1, slot),
            scanned=np.where(scanned, delivered + 2 + np.floor(chance.random(n) * 15), np.nan),
            bounced=np.where(bounced, delivered, np.nan),
            is_hard=is_hard,
            complained=np.where(arrives & (chance.random(n) < _COMPLAINT), opened + 30, np.nan),
            unsubscribed=np.where(leaves, opened + 20, np.nan),
            ordered=ordered,
        )
        self._remember(sends, person, now)
        return sends

    def _remember(self, sends: Sends, person: np.ndarray, now: np.ndarray) -> None:
        subs = self.subscribers
        left = np.fmin(sends.unsubscribed, sends.complained)
        # A farewell after the end of the world has not been said.
        said = left < self.world.seconds
        np.minimum.at(subs.left, sends.subscriber[said], left[said])
        gone = sends.is_hard & (sends.bounced < self.world.seconds)
        np.minimum.at(subs.cleaned, sends.subscriber[gone], sends.bounced[gone])
        bought = ~np.isnan(sends.ordered)
        np.maximum.at(self._mailed_order, person[bought], now[bought])

    def _products(self, campaign, person, arm, sent):
        """Return products shown, their propensities, and what the match adds to clicking.

        Each slot has departments of its own, so no product is shown twice.
        """
        n = len(person)
        shown, propensity = np.full((n, SLOTS), -1), np.full((n, SLOTS), np.nan)
        if not plans.shows_products(campaign) or n == 0:
            return shown, propensity, np.zeros(n)
        trial = plans.EXPERIMENTS[campaign.experiment] if campaign.experiment >= 0 else None
        shares = [plans.personal_share(trial, a) for a in range(len(trial.arms) if trial else 1)]
        personal = np.array(shares)[np.maximum(arm, 0)]
        month, match = self.catalogue.month_of(sent), np.zeros(n)
        for slot in range(SLOTS):
            taste = self.people.taste[person, slot::SLOTS]
            count = taste.shape[1]
            policy = personal[:, None] * taste / taste.sum(axis=1, keepdims=True)
            policy += (1 - personal[:, None]) / count
            upto = np.cumsum(policy, axis=1)
            which = np.minimum((self.chance.random(n)[:, None] > upto).sum(axis=1), count - 1)
            shown[:, slot] = self.catalogue.draw(self.chance, slot + which * SLOTS, month)
            propensity[:, slot] = policy[np.arange(n), which] * self.catalogue.shares(
                shown[:, slot], month
            )
            match += taste[np.arange(n), which]
        return shown, propensity, _MATCH_LIFT * match

    def _clicked_slot(self, person: np.ndarray, shown: np.ndarray) -> np.ndarray:
        """Return which product is clicked: the one of the department liked best, mostly."""
        taste = self.people.taste[person[:, None], self.catalogue.department[shown]]
        noise = self.chance.gumbel(size=shown.shape)
        slot = (np.log(taste) + noise).argmax(axis=1)
        return np.where(shown[:, 0] >= 0, slot, -1)


def _probability(logit: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logit))
