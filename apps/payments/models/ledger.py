"""The books: double entries and receipts, written once and never changed."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from bss.core import clock

from .disputes import Dispute
from .payments import Payment
from .refunds import Refund

APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class LedgerEntry(models.Model):
    """One side of a double entry; debits are positive and every posting sums to zero."""

    id = models.BigAutoField(primary_key=True)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="entries", db_index=False)
    refund = models.ForeignKey(
        Refund, models.PROTECT, null=True, related_name="entries", db_index=False
    )
    dispute = models.ForeignKey(
        Dispute, models.PROTECT, null=True, related_name="entries", db_index=False
    )
    # Which step of a dispute it belongs to; captures and refunds have one only.
    step = models.CharField(max_length=10, blank=True, default="", db_default="")
    account = models.CharField(max_length=30)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField(default=clock.now)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_entry_not_zero"),
            models.UniqueConstraint(
                fields=["payment", "refund", "dispute", "step", "account"],
                nulls_distinct=False,
                name="ledger_posted_once",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "at"], name="ledger_by_account"),
            models.Index(fields=["recorded_at"], name="ledger_recorded"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"


class ReceiptCounter(models.Model):
    """The last receipt number given out: one row, so that numbers have no gaps."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_receipt_counter")]

    def __str__(self) -> str:
        return str(self.last)


class Receipt(models.Model):
    """The document of one capture, numbered without gaps and never changed."""

    number = models.BigIntegerField(primary_key=True)
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="receipt")
    total = models.BigIntegerField()
    tax = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    paid_with = models.CharField(max_length=40, blank=True)
    issued_at = models.DateTimeField(default=clock.now)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["recorded_at"], name="receipt_recorded")]
        triggers = [pgtrigger.Protect(name="append_only", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        """The number as it is printed."""
        return receipt_id(self.number)


class CreditNoteCounter(models.Model):
    """The last number of a credit note given out."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_credit_note_counter")]

    def __str__(self) -> str:
        return str(self.last)


class CreditNote(models.Model):
    """The document of one refund, numbered without gaps and never changed."""

    number = models.BigIntegerField(primary_key=True)
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="credit_notes")
    refund = models.OneToOneField(Refund, models.PROTECT, related_name="credit_note")
    total = models.BigIntegerField()
    tax = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField(default=clock.now)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["recorded_at"], name="credit_note_recorded")]
        triggers = [pgtrigger.Protect(name="append_only", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        """The number as it is printed."""
        return f"CRN-{self.number:06d}"


def receipt_id(number: int) -> str:
    """The printed form of a receipt number."""
    return f"RCPT-{number:06d}"
