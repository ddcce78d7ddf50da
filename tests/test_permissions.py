"""Who may do what, written by hand: an operation nobody wrote here is the admin's alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group

from bss.core import context, registry, roles
from bss.core.context import Context
from bss.core.errors import NotFound, PermissionDenied
from bss.core.models import User
from bss.core.operations import authorise, invoke
from bss.core.previews import preview

# c care, s supervisor, e engineer, f finance, m catalog manager, a auditor. The admin may do all.
TABLE = """
admin.reset_operational_data               . . e . . .
agents.add                                 . s . . . .
agents.deactivate                          . s . . . .
agents.list                                c s e f m a
agents.update                              . s . . . .
audit.count_by_identity                    . s e . . a
audit.events_by_identity                   . s e . . a
bucket.adjust                              . s . . . .
bucket.list_changes                        c s e f . a
bucket.release                             c s e . . .
bucket.reserve                             c s e . . .
bucket.transfer                            c s . . . .
bucket.use_reserve                         c s e . . .
calendar.add_holiday                       . s . . . .
calendar.get                               c s e f . a
calendar.remove_holiday                    . s . . . .
calendar.set_hours                         . s . . . .
call.count                                 . s e f . a
call.discard                               . . e . . .
call.list                                  . s e f . a
call.retry                                 . . e . . .
case.add_note                              c s e f . .
case.assign                                c s . . . .
case.cancel                                c s . . . .
case.close                                 c s . . . .
case.get                                   c s e f . a
case.link_transcript                       c s . . . .
case.list                                  c s e f . a
case.list_for_me                           . . . . . .
case.open                                  c s . . . .
case.open_for_me                           . . . . . .
case.reply                                 c s . . . .
case.show_transcript_for                   c s . . . a
case.transition                            c s . . . .
case.update_priority                       c s . . . .
catalog.add_offering                       . . . . m .
catalog.add_price                          . . . . m .
catalog.add_specification                  . . . . m .
catalog.add_vas                            . . . . m .
catalog.get_active_price                   c s e f m a
catalog.get_offering                       c s e f m a
catalog.get_vas                            c s e f m a
catalog.list_active_offerings              c s e f m a
catalog.list_offerings                     c s e f m a
catalog.list_vas                           c s e f m a
catalog.list_zones                         c s e f m a
catalog.retire_offering                    . . . . m .
catalog.set_coverage                       . . . . m .
catalog.set_zone                           . . . . m .
catalog.window_offering                    . . . . m .
catalog.window_vas                         . . . . m .
chat_transcript.get                        c s . . . a
chat_transcript.store                      c s . . . .
client.create                              . . . . . .
client.list                                . s e . . a
client.revoke                              . . e . . .
clock.advance                              . . e . . .
clock.freeze                               . . e . . .
clock.now                                  c s e f m a
clock.unfreeze                             . . e . . .
credit_note.download                       c s . f . a
credit_note.get                            c s . f . a
customer.add_contact_medium                c s . . . .
customer.attest_kyc                        c s . . . .
customer.close                             c s . . . .
customer.confirm_email_change              c s . . . .
customer.contact_history                   c s . . . a
customer.create                            c s . . . .
customer.find_by_email                     c s e f . a
customer.find_by_msisdn                    c s . . . a
customer.get                               c s e f . a
customer.get_kyc_status                    c s e f . a
customer.get_mine                          . . . . . .
customer.list                              c s e f . a
customer.remove_contact_medium             c s . . . .
customer.request_email_change              c s . . . .
customer.resume                            . s . . . .
customer.search                            c s e f . a
customer.suspend                           . s . . . .
customer.update                            c s . . . .
customer.update_contact                    c s . . . .
delivery.discard                           . . e . . .
delivery.list                              . s e . . a
delivery.retry                             . . e . . .
dispute.close                              . s . f . .
dispute.list                               c s . f . a
dispute.open                               . s . f . .
events.list                                c s e f m a
interaction.list                           c s e f . a
interaction.log                            c s e f . .
inventory.esim.count                       c s e . . a
inventory.esim.get                         c s e . . a
inventory.esim.get_activation              c s e . . a
inventory.esim.import_csv                  . . e . . .
inventory.esim.import_profiles             . . e . . .
inventory.esim.list_available              c s e . . a
inventory.esim.redownload                  c s . . . .
inventory.esim.report                      . . e . . .
inventory.msisdn.add_range                 . s e . . .
inventory.msisdn.count                     c s e . . a
inventory.msisdn.get                       c s e . . a
inventory.msisdn.hold                      c s . . . .
inventory.msisdn.import_csv                . s e . . .
inventory.msisdn.list_available            c s e . . a
inventory.msisdn.lock                      c s . . . .
inventory.msisdn.release_hold              c s . . . .
inventory.msisdn.unlock                    c s . . . .
kyc_session.get                            c s e . . a
kyc_session.record_decision                . . . . . .
kyc_session.start                          c s . . . .
ledger.trial_balance                       . s . f . a
notice.close                               . s e . . .
notice.get                                 c s e f . a
notice.list                                c s e f . a
notice.open                                . s e . . .
notice.update                              . s e . . .
notification.get_preferences               c s e . . a
notification.list                          c s e f . a
notification.mark_read                     c . . . . .
notification.report_bounce                 c s e . . .
notification.set_preferences               c s . . . .
order.cancel                               c s . . . .
order.create                               c s . . . .
order.get                                  c s e f . a
order.give_up                              . s e . . .
order.list                                 c s e f . a
order.place                                c s . . . .
order.submit                               c s . . . .
order.tree                                 c s e . . a
order.wait_until                           c s e f . a
payment.add_card                           c s . . . .
payment.charge                             . s . f . .
payment.charge_history_mine                . . . . . .
payment.get                                c s . f . a
payment.get_attempt                        c s . f . a
payment.link_card                          c s . . . .
payment.list                               c s . f . a
payment.list_attempts                      c s . f . a
payment.list_methods                       c s . f . a
payment.list_waiting                       . s e f . a
payment.method_list_mine                   . . . . . .
payment.reconcile                          . . . f . .
payment.refund                             . s . f . .
payment.remove_method                      c s . . . .
payment.set_default                        c s . . . .
payment.statement                          c s . f . a
port_request.approve                       . s . . . .
port_request.create                        c s . . . .
port_request.get                           c s e . . a
port_request.list                          c s e . . a
port_request.receive                       . . e . . .
port_request.reject                        c s . . . .
port_request.submit                        c s . . . .
promo.assign                               . s . . m .
promo.create                               . . . . m .
promo.exhaust                              . . . . m .
promo.list                                 c s e f m a
promo.list_for_customer                    c s . . m a
promo.preview                              c s e f m a
promo.show                                 c s e f m a
promo.unassign                             . s . . m .
provisioning.get_task                      c s e . . a
provisioning.list_faults                   c s e . . a
provisioning.list_tasks                    c s e . . a
provisioning.resolve_stuck                 . s e . . .
provisioning.retry_failed                  . s e . . .
provisioning.set_fault_injection           . . e . . .
receipt.download                           c s . f . a
receipt.get                                c s . f . a
receipt.list                               c s . f . a
receipt.send                               c s . f . .
service.get                                c s e . . a
service.list_for_subscription              c s e . . a
service_order.get                          c s e . . a
service_order.list_for_order               c s e . . a
sla.list_targets                           c s e f . a
sla.set_target                             . s . . . .
staff.create                               . . . . . .
subscription.agree_auto_top_up             c s . . . .
subscription.cancel_device_change          c s . . . .
subscription.cancel_pending_plan_change    c s . . . .
subscription.cancel_pending_plan_change_mine . . . . . .
subscription.cancel_termination            c s . . . .
subscription.change_device                 c s . . . .
subscription.clear_auto_top_up             c s . . . .
subscription.get                           c s e f . a
subscription.get_auto_top_up               c s . . . a
subscription.get_balance                   c s e f . a
subscription.get_balance_mine              . . . . . .
subscription.get_esim_activation           c s e . . a
subscription.get_lpa_mine                  . . . . . .
subscription.get_mine                      . . . . . .
subscription.lift_lawful_suspension        . s . . . .
subscription.list_device_changes           c s e . . a
subscription.list_for_customer             c s e f . a
subscription.list_mine                     . . . . . .
subscription.list_suspensions              c s e . . a
subscription.migrate_to_new_price          . . . . m .
subscription.pause                         c s . . . .
subscription.purchase_vas                  c s . . . .
subscription.rename                        c s . . . .
subscription.renew_now                     c s . f . .
subscription.resume                        c s . . . .
subscription.roll_back_device_change       c s . . . .
subscription.schedule_plan_change          c s . . . .
subscription.schedule_plan_change_mine     . . . . . .
subscription.suspend                       c s . . . .
subscription.suspend_by_law                . s . . . .
subscription.terminate                     c s . . . .
subscription.terminate_at_period_end       c s . . . .
subscription.terminate_mine                . . . . . .
subscription.tick_renewals_now             . s e f . .
team.create                                . s . . . .
team.list                                  c s e f m a
ticket.assign                              c s e . . .
ticket.cancel                              c s e . . .
ticket.close                               c s e . . .
ticket.get                                 c s e f . a
ticket.list                                c s e f . a
ticket.open                                c s e . . .
ticket.resolve                             c s e . . .
ticket.transition                          c s e . . .
ticket.update                              c s e . . .
trace.for_order                            c s e . . a
trace.for_subscription                     c s e . . a
trace.get                                  c s e . . a
usage.get                                  c s e . . a
usage.history                              c s e . . a
usage.history_mine                         . . . . . .
usage.overshoot_report                     . s e f . a
usage.record                               . . e . . .
usage.simulate                             . . e . . .
usage.write_off                            . s . f . .
vas.purchase_for_me                        . . . . . .
"""
LETTERS = dict(
    zip(
        "csefma",
        ("care", "supervisor", "engineer", "finance", "catalog_manager", "auditor"),
        strict=True,
    )
)
ROWS = {
    name: {LETTERS[letter] for letter in letters if letter != "."}
    for name, *letters in (line.split() for line in TABLE.strip().splitlines())
}


def public() -> list[registry.Operation]:
    known = registry.registry().values()
    # The kernel's own tests play with a jar.
    return [one for one in known if not one.internal and one.noun != "jar"]


def may(role: str, operation: registry.Operation) -> bool:
    """The admin may do all that the staff may; what customers do for themselves is theirs."""
    all_of_it = role == "admin" and operation.roles != roles.CUSTOMERS
    return all_of_it or role in ROWS.get(operation.name, set())


def allowed(held: frozenset[str] | None, operation: registry.Operation) -> bool:
    try:
        authorise(operation, Context(permissions=held), {})
    except PermissionDenied:
        return False
    return True


@pytest.fixture
def member(committed):
    """Somebody with one role, as the database knows it."""

    def make(role: str) -> User:
        user = User.objects.create_user(role, f"{role}@bss.test", "secret", is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        return user

    return make


@pytest.mark.parametrize("role", [*LETTERS.values(), "admin"])
def test_a_role_may_do_what_the_table_says_and_nothing_else(member, role) -> None:
    held = roles.permissions_of(member(role))

    wrong = [
        operation.name for operation in public() if allowed(held, operation) != may(role, operation)
    ]

    assert wrong == []


def test_the_table_names_nothing_that_is_gone() -> None:
    assert set(ROWS) - {operation.name for operation in public()} == set()


def test_nobody_without_a_role_may_do_anything(committed) -> None:
    nobody = User.objects.create_user("nobody", "nobody@bss.test", "secret")
    held = roles.permissions_of(nobody)

    assert [operation.name for operation in public() if allowed(held, operation)] == []


def test_the_auditor_changes_nothing() -> None:
    changing = {operation.name for operation in public() if not operation.is_read}

    assert [name for name in changing if "auditor" in ROWS.get(name, set())] == []


def test_only_the_admin_hands_out_access() -> None:
    assert ROWS["staff.create"] == ROWS["client.create"] == set()


def test_a_refusal_comes_before_the_arguments_are_looked_at(member) -> None:
    held = roles.permissions_of(member("auditor"))

    with context.acting(Context(actor="max", permissions=held)), pytest.raises(PermissionDenied):
        invoke("payment.refund", {"nonsense": True})


def test_what_the_operator_took_away_stays_away(member, django_app_config) -> None:
    user = member("care")
    group = Group.objects.get(name="care")
    group.permissions.remove(group.permissions.get(codename="order.create"))

    roles.install(django_app_config)

    assert "order.create" not in roles.permissions_of(User.objects.get(pk=user.pk))


@pytest.fixture
def django_app_config():
    from django.apps import apps

    return apps.get_app_config("core")


OF_CUSTOMERS = [
    one.name
    for one in public()
    if "customer" in one.roles and "customer_id" in inspect.signature(one.function).parameters
]


@pytest.mark.parametrize("name", OF_CUSTOMERS)
@pytest.mark.parametrize("way", [invoke, preview], ids=["invoke", "preview"])
@pytest.mark.parametrize("spelling", ["customer_id", "customerId"])
def test_to_a_customer_there_are_no_others(
    way: Callable[..., Any], name: str, spelling: str
) -> None:
    stranger = Context(actor="CUST-000002", customer_id="CUST-000002")
    with context.acting(stranger), pytest.raises(NotFound, match="CUST-000001"):
        way(name, {spelling: "CUST-000001"})
