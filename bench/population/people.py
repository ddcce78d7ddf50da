"""Customers, how to reach them, their proofs of identity and their cards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .lives import Life
from .world import DAY, Row, Table, World

GIVEN = (
    *("Ada", "Amir", "Ben", "Bo", "Chloe", "Cleo", "Dev", "Dina", "Elif", "Eun", "Farah", "Finn"),
    *("Gita", "Goh", "Hana", "Hugo", "Idris", "Ines", "Jun", "Kavya", "Kofi", "Lea", "Li", "Mei"),
    *("Milo", "Nadia", "Noor", "Omar", "Petra", "Priya", "Quinn", "Ravi", "Rosa", "Sam", "Siti"),
)
# Families are made of three syllables each, so that a name is rare as names are.
SYLLABLES = (
    *("al", "an", "ar", "be", "bo", "chen", "da", "de", "el", "fa", "ga", "go", "hu", "in", "ja"),
    *("ka", "ko", "lee", "li", "lo", "ma", "mi", "mo", "na", "ng", "no", "ol", "pa", "ra", "ri"),
    *("sa", "sen", "si", "ta", "tan", "ti", "va", "wong", "ya", "zu"),
)
PROOF_LASTS = 730 * DAY


def tables(world: World, lives: Sequence[Life]) -> list[Table]:
    """The people who have the lines, one for each."""
    count = len(lives)
    return [
        Table("crm_individual", "id, given_name, family_name", count, individuals(world, lives)),
        Table(
            "crm_customer",
            "id, state, state_reason, state_changed_at, individual_id, customer_since,"
            " kyc_status, kyc_verified_at, kyc_expires_at",
            count,
            customers(world, lives),
        ),
        Table(
            "crm_contactmedium",
            "id, customer_id, medium_type, value, is_primary, valid_from",
            2 * count,
            contacts(world, lives),
        ),
        Table(
            "crm_kycattestation",
            "id, customer_id, provider, reference, proof_hash, nationality, verified_at,"
            " expires_at",
            count,
            proofs(world, lives),
        ),
        Table(
            "payments_paymentmethod",
            "id, state, state_reason, state_changed_at, customer_id, kind, provider, token, payer,"
            " brand, last4, exp_month, exp_year, holder, country, is_default, created_at",
            count,
            cards(world, lives),
        ),
    ]


def name_of(index: int) -> tuple[str, str]:
    """What somebody is called."""
    rest, given = divmod(index, len(GIVEN))
    rest, first = divmod(rest, len(SYLLABLES))
    third, second = divmod(rest, len(SYLLABLES))
    parts = (first + given, second + first, third + second)
    return GIVEN[given], "".join(SYLLABLES[part % len(SYLLABLES)] for part in parts).capitalize()


def individuals(world: World, lives: Sequence[Life]) -> Iterator[Row]:
    for key, life in enumerate(lives, world.first["crm_individual"]):
        yield (key, *name_of(life.index))


def customers(world: World, lives: Sequence[Life]) -> Iterator[Row]:
    person = world.first["crm_individual"]
    for key, life in enumerate(lives, world.first["crm_customer"]):
        at = world.moments.at(life.begun)
        until = world.moments.at(life.begun + PROOF_LASTS)
        yield (key, "active", "", at, person + life.index, at, "verified", at, until)


def contacts(world: World, lives: Sequence[Life]) -> Iterator[Row]:
    keys, customer = world.ids("crm_contactmedium"), world.first["crm_customer"]
    for life in lives:
        owner, at = customer + life.index, world.moments.at(life.begun)
        given, family = name_of(life.index)
        email = f"{given}.{family}.{owner}@example.com".lower()
        yield (next(keys), owner, "email", email, "t", at)
        yield (next(keys), owner, "phone", f"+658{owner % 10_000_000:07}", "t", at)


def proofs(world: World, lives: Sequence[Life]) -> Iterator[Row]:
    for key, life in enumerate(lives, world.first["crm_kycattestation"]):
        owner = world.first["crm_customer"] + life.index
        at, until = world.moments.at(life.begun), world.moments.at(life.begun + PROOF_LASTS)
        reference = f"prebaked-CUST-{owner:06}"
        yield (key, owner, "prebaked", reference, f"{owner:064x}", "", at, until)


def cards(world: World, lives: Sequence[Life]) -> Iterator[Row]:
    year = int(world.moments.days[0][:4]) + 5
    for key, life in enumerate(lives, world.first["payments_paymentmethod"]):
        at = world.moments.at(life.begun)
        # Who was declined will be declined again.
        token = f"tok_{'DECLINE' if life.unpaid else 'imagined'}_{key:x}"
        yield (
            *(key, "active", "", at, world.first["crm_customer"] + life.index, "card"),
            *(world.provider, token, "", "visa", "4242", 12, year, "", "", "t", at),
        )
