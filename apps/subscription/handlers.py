from __future__ import annotations

from datetime import timedelta
from typing import Any

from apps.crm.events import CustomerErased
from apps.crm.operations import notify
from apps.crm.queries import former_addresses
from apps.payments.events import DisputeEvent, DisputeOpened, DisputeWon, PaymentRefunded
from apps.provisioning.events import EsimNotPrepared, EsimProgressed, EsimReplaced
from apps.subscription import operations, queries
from apps.subscription.events import (
    DeviceChanged,
    DeviceChangeRequested,
    DeviceChangeRolledBack,
    PlanChanged,
    PlanChangeScheduled,
    PriceMigrationScheduled,
    RenewalFailed,
    RenewalReminded,
    SubscriptionActivated,
    SubscriptionBlocked,
    SubscriptionEvent,
    SubscriptionExhausted,
    SubscriptionRenewed,
    SubscriptionTerminated,
    SubscriptionUnblocked,
    UsageThresholdReached,
    VasPurchased,
    VasPurchaseFailed,
)
from apps.subscription.events.changes import (
    AutoTopUpAgreed,
    AutoTopUpHeld,
    AutoTopUpStopped,
    SubscriptionResumed,
    SubscriptionSuspended,
    TerminationCancelled,
    TerminationScheduled,
)
from apps.subscription.models import BlockReason, Cause, DeviceChange, Subscription
from bss.core.events import on

# For so long an address that was given up is still written to when a device changes.
FORMER = timedelta(days=90)


@on(SubscriptionBlocked, queue="orders")
def bar_service(event: SubscriptionBlocked) -> None:
    operations.align_service(subscription_id=event.subscription_id)


@on(SubscriptionUnblocked, queue="orders")
def restore_service(event: SubscriptionUnblocked) -> None:
    operations.align_service(subscription_id=event.subscription_id)


@on(CustomerErased, queue="orders")
def erase_names(event: CustomerErased) -> None:
    operations.erase_names(customer_id=event.customer_id)


@on(DisputeOpened, queue="orders")
def suspend_disputed(event: DisputeOpened) -> None:
    if line := line_disputed(event):
        operations.hold_disputed(subscription_id=line)


@on(DisputeWon, queue="orders")
def resume_disputed(event: DisputeWon) -> None:
    # Once it is lost, a person decides what becomes of the line.
    if line := line_disputed(event):
        operations.release_disputed(subscription_id=line)


def line_disputed(event: DisputeEvent) -> str:
    """The line that disputed money was paid for, if it was for one."""
    named = (event.subject, event.served_by)
    return next((one for one in named if one.startswith(f"{Subscription.PREFIX}-")), "")


@on(SubscriptionSuspended, queue="orders")
def bar_suspended(event: SubscriptionSuspended) -> None:
    operations.align_service(subscription_id=event.subscription_id)


@on(SubscriptionResumed, queue="orders")
def restore_resumed(event: SubscriptionResumed) -> None:
    operations.align_service(subscription_id=event.subscription_id)


@on(PlanChanged, queue="orders")
def change_service(event: PlanChanged) -> None:
    operations.change_service(subscription_id=event.subscription_id)


@on(VasPurchased, queue="orders")
def push_top_up(event: VasPurchased) -> None:
    operations.push_balance(
        subscription_id=event.subscription_id,
        bought_at=event.record.at,
        brought_back=event.brought_back,
    )


@on(PaymentRefunded, queue="money")
def take_back_top_up(event: PaymentRefunded) -> None:
    if event.purpose == "topup" and event.took_back not in ("", "nothing"):
        operations.take_back(payment_id=event.payment_id, reason=event.reason)


@on(UsageThresholdReached, queue="money")
def top_up_in_time(event: UsageThresholdReached) -> None:
    operations.top_up_by_itself(subscription_id=event.subscription_id, kind=event.kind)


@on(SubscriptionExhausted, queue="money")
def top_up_when_empty(event: SubscriptionExhausted) -> None:
    operations.top_up_by_itself(subscription_id=event.subscription_id, kind=event.kind)


def tell(event: SubscriptionEvent, template: str, **values: Any) -> None:
    notify(
        customer_id=event.customer_id,
        template=template,
        key=f"{template}/{event.subscription_id}/{event.record.id}",
        values={"msisdn": event.msisdn, **values},
    )


@on(SubscriptionActivated, queue="mail")
def welcome(event: SubscriptionActivated) -> None:
    tell(event, "line_activated", plan=event.plan, until=event.period_end[:10])


@on(UsageThresholdReached, queue="mail")
def warn_of_use(event: UsageThresholdReached) -> None:
    # Half is shown to whoever looks; only what is nearly over is worth a mail.
    if event.percent >= 80:
        tell(event, "line_threshold", kind=event.kind, percent=event.percent)


@on(SubscriptionExhausted, queue="mail")
def tell_exhausted(event: SubscriptionExhausted) -> None:
    # Without data the line is blocked, which has a mail of its own.
    if event.kind != "data":
        tell(event, "line_exhausted", kind=event.kind)


@on(SubscriptionBlocked, queue="mail")
def tell_blocked(event: SubscriptionBlocked) -> None:
    # A declined renewal has a mail of its own.
    if event.reason == BlockReason.EXHAUSTED:
        tell(event, "line_blocked")


@on(VasPurchased, queue="mail")
def confirm_top_up(event: VasPurchased) -> None:
    tell(
        event,
        "line_topped_up",
        name=event.vas_name,
        amount=event.amount_charged,
        currency=event.currency,
        until=event.expires_at[:16].replace("T", " "),
    )


@on(VasPurchaseFailed, queue="mail")
def tell_top_up_failed(event: VasPurchaseFailed) -> None:
    tell(event, "line_top_up_failed", name=event.vas_name, reason=event.reason)


@on(SubscriptionRenewed, queue="mail")
def confirm_renewal(event: SubscriptionRenewed) -> None:
    tell(
        event,
        "line_renewed",
        plan=event.plan,
        amount=event.amount_charged,
        currency=event.currency,
        until=event.period_end[:10],
    )


@on(RenewalFailed, queue="mail")
def tell_renewal_failed(event: RenewalFailed) -> None:
    tell(
        event,
        "line_renewal_failed",
        amount=event.amount,
        currency=event.currency,
        reason=event.reason,
    )


@on(RenewalReminded, queue="mail")
def remind_of_renewal(event: RenewalReminded) -> None:
    tell(
        event,
        "line_renewal_reminder",
        plan=event.plan,
        amount=event.amount,
        currency=event.currency,
        due=event.due_at[:10],
    )


@on(PlanChangeScheduled, queue="mail")
def confirm_plan_change(event: PlanChangeScheduled) -> None:
    tell(
        event,
        "line_plan_change",
        new_plan=queries.plan_name(event.new_offering_id),
        amount=event.amount,
        currency=event.currency,
        due=event.effective_at[:10],
    )


@on(PriceMigrationScheduled, queue="mail")
def tell_new_price(event: PriceMigrationScheduled) -> None:
    tell(
        event,
        "price_migration_notice",
        plan=queries.plan_name(event.offering_id),
        old_amount=event.old_amount,
        amount=event.new_amount,
        currency=event.currency,
        due=event.effective_at[:10],
    )


@on(SubscriptionTerminated, queue="mail")
def say_line_ended(event: SubscriptionTerminated) -> None:
    tell(event, "line_terminated")


@on(SubscriptionSuspended, queue="mail")
def say_suspended(event: SubscriptionSuspended) -> None:
    # What the law demands is not told by the operator.
    if event.cause != Cause.LAWFUL:
        tell(event, "line_suspended", cause=event.cause, until=event.until[:10])


@on(SubscriptionResumed, queue="mail")
def say_resumed(event: SubscriptionResumed) -> None:
    tell(event, "line_resumed", by_itself=event.by_itself)


@on(TerminationScheduled, queue="mail")
def confirm_ending(event: TerminationScheduled) -> None:
    tell(event, "line_ending", until=event.ends_at[:10])


@on(TerminationCancelled, queue="mail")
def confirm_going_on(event: TerminationCancelled) -> None:
    tell(event, "line_goes_on", due=event.ends_at[:10])


@on(AutoTopUpAgreed, queue="mail")
def confirm_auto_top_up(event: AutoTopUpAgreed) -> None:
    tell(
        event,
        "line_auto_top_up",
        name=event.vas_name,
        amount=event.monthly_cap,
        currency=event.currency,
        percent=event.at_percent,
    )


@on(AutoTopUpHeld, queue="mail")
def tell_limit(event: AutoTopUpHeld) -> None:
    tell(event, "line_auto_top_up_held", name=event.vas_name, limit=event.limit)


@on(AutoTopUpStopped, queue="mail")
def tell_auto_top_up_stopped(event: AutoTopUpStopped) -> None:
    tell(event, "line_auto_top_up_stopped", name=event.vas_name, reason=event.reason)


@on(EsimProgressed, queue="orders")
def follow_device_change(event: EsimProgressed) -> None:
    if event.owner.startswith(f"{DeviceChange.PREFIX}-"):
        operations.follow_device_change(change_id=event.owner)


@on(EsimNotPrepared, queue="orders")
def fail_device_change(event: EsimNotPrepared) -> None:
    if event.owner.startswith(f"{DeviceChange.PREFIX}-"):
        operations.fail_device_change(change_id=event.owner, reason=event.reason)


@on(EsimReplaced, queue="orders")
def finish_device_change(event: EsimReplaced) -> None:
    operations.finish_device_change(subscription_id=event.owner, iccid=event.iccid)


@on(SubscriptionTerminated, queue="orders")
def end_device_change(event: SubscriptionTerminated) -> None:
    operations.end_device_change(subscription_id=event.subscription_id)


@on(DeviceChangeRequested, queue="mail")
def warn_of_device_change(event: DeviceChangeRequested) -> None:
    # Whoever did not ask for it must hear of it before anything has changed.
    tell(event, "line_device_requested")
    tell_at_old_addresses(event, "line_device_requested")


def tell_at_old_addresses(event: SubscriptionEvent, template: str, **values: Any) -> None:
    """The same where the customer was written to until lately: thieves change that first."""
    since = event.record.at - FORMER
    for medium_id in former_addresses(event.customer_id, since):
        notify(
            customer_id=event.customer_id,
            template=template,
            key=f"{template}/{event.subscription_id}/{event.record.id}/{medium_id}",
            values={"msisdn": event.msisdn, **values},
            medium_id=medium_id,
        )


@on(DeviceChanged, queue="mail")
def confirm_device_change(event: DeviceChanged) -> None:
    tell(event, "line_device_changed", until=event.until[:10])
    tell_at_old_addresses(event, "line_device_changed", until=event.until[:10])


@on(DeviceChangeRolledBack, queue="mail")
def confirm_roll_back(event: DeviceChangeRolledBack) -> None:
    tell(event, "line_device_restored")
