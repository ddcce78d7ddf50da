"""Filters that let mails speak of days and numbers as people do."""

from datetime import date

from django import template

register = template.Library()


@register.filter
def day(moment: str) -> str:
    """`30 May 2026` for a day or moment in ISO form."""
    found = date.fromisoformat(moment[:10])
    return f"{found.day} {found:%B %Y}"


@register.filter
def number(msisdn: str) -> str:
    """`9000 0005` for a number, in groups one can read out."""
    head = len(msisdn) % 4
    groups = [msisdn[:head], *(msisdn[at : at + 4] for at in range(head, len(msisdn), 4))]
    return " ".join(group for group in groups if group)
