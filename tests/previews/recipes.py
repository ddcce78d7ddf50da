"""For every operation that changes something: a situation in which it works, and its arguments."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from apps.catalog.tests.factories import (
    code_of,
    make_offering,
    make_price,
    make_promotion,
    make_targeted,
)
from apps.crm.tests.factories import make_customer
from apps.ordering.tests import factories as ordering
from apps.ordering.tests import ports
from apps.payments import queries
from apps.payments.models import PaymentMethod
from apps.provisioning.models import EsimProfile, Number, ProvisioningTask
from apps.subscription.tests import factories as lines
from bss.core import clock, sweeps, work
from bss.core.models import Call, Delivery, OperatorProfile
from bss.core.operations import invoke, run, run_internal
from bss.core.proposals import propose

Args = dict[str, Any]
RECIPES: dict[str, Callable[[], Args]] = {}
_numbers = count(1)


def recipe(*names: str) -> Callable[[Callable[[], Args]], Callable[[], Args]]:
    """Use a function as the recipe of these operations."""

    def remember(make: Callable[[], Args]) -> Callable[[], Args]:
        for name in names:
            assert name not in RECIPES, name
            RECIPES[name] = make
        return make

    return remember


def plain(*names: str, **args: Any) -> None:
    """The same arguments in any situation."""
    recipe(*names)(lambda: dict(args))


def word() -> str:
    """A word nobody has used."""
    return f"W{next(_numbers)}"


def settle() -> None:
    """Let all work be done."""
    work.drain_everything(due_only=False)


def move_on(duration: str) -> None:
    """Let frozen business time pass."""
    clock.pin(clock.Reading(frozen_at=clock.now() + clock.duration(duration)))


# People


@recipe("customer.create")
def customer_create() -> Args:
    name = word().lower()
    return {"name": "Ada Tan", "email": f"{name}@mail.test", "phone": "+6591000001"}


@recipe("customer.update")
def customer_update() -> Args:
    return {"customer_id": make_customer(), "family_name": "Lim"}


@recipe("customer.suspend")
def customer_suspend() -> Args:
    return {"customer_id": make_customer(), "reason": "Lost the phone"}


@recipe("customer.resume")
def customer_resume() -> Args:
    customer = make_customer()
    run("customer.suspend", customer_id=customer, reason="Lost the phone")
    return {"customer_id": customer}


@recipe("customer.close")
def customer_close() -> Args:
    return {"customer_id": make_customer(), "reason": "Moves abroad"}


@recipe("customer.add_contact_medium")
def customer_add_contact_medium() -> Args:
    return {"customer_id": make_customer(), "medium_type": "postal", "value": "1 High Street"}


@recipe("customer.update_contact")
def customer_update_contact() -> Args:
    return {"customer_id": make_customer(), "phone": "+6591000002"}


@recipe("customer.remove_contact_medium")
def customer_remove_contact_medium() -> Args:
    customer = make_customer()
    args = {"customer_id": customer, "medium_type": "postal", "value": "1 High Street"}
    media = run("customer.add_contact_medium", **args)["contactMedium"]
    (address,) = (one for one in media if one["value"] == "1 High Street")
    return {"customer_id": customer, "medium_id": address["id"]}


@recipe("customer.attest_kyc")
def customer_attest_kyc() -> Args:
    return {
        "customer_id": make_customer(),
        "provider": "prebaked",
        "attestation_token": word(),
        "document_type": "passport",
        "document_number": f"E{next(_numbers):07d}",
        "document_country": "SG",
    }


@recipe("interaction.log")
def interaction_log() -> Args:
    return {"customer_id": make_customer(), "summary": "Asked about roaming"}


# Plans


@recipe("catalog.add_offering")
def catalog_add_offering() -> Args:
    return {"offering_id": word(), "name": "Plan", "amount": "9.00", "data_mb": 1, "sms_count": 1}


@recipe("catalog.add_price")
def catalog_add_price() -> Args:
    plan = make_offering()
    return {"offering_id": plan, "price_id": word(), "amount": "8.00", "retire_current": True}


@recipe("catalog.set_zone")
def catalog_set_zone() -> Args:
    return {"zone_id": word(), "name": "Far away", "countries": ["JP", "US"]}


@recipe("catalog.set_coverage")
def catalog_set_coverage() -> Args:
    zone = RECIPES["catalog.set_zone"]()
    run("catalog.set_zone", **zone)
    plan = {**RECIPES["catalog.add_offering"](), "data_roaming_mb": 10}
    run("catalog.add_offering", **plan)
    return {"offering_id": plan["offering_id"], "zone_id": zone["zone_id"]}


@recipe("catalog.window_offering")
def catalog_window_offering() -> Args:
    return {"offering_id": make_offering(), "valid_to": clock.now() + clock.duration("30d")}


@recipe("catalog.retire_offering")
def catalog_retire_offering() -> Args:
    return {"offering_id": make_offering()}


@recipe("catalog.add_vas")
def catalog_add_vas() -> Args:
    granted = {"allowance_type": "data", "allowance_quantity": 10}
    return {"vas_offering_id": word(), "name": "More", "amount": "1.00", **granted}


plain("catalog.window_vas", vas_offering_id="VAS_DATA_1GB", valid_to="2099-01-01T00:00:00Z")


@recipe("catalog.add_specification")
def catalog_add_specification() -> Args:
    tasks = {"activate": ["HLR_PROVISION"], "terminate": ["HLR_DEPROVISION"]}
    named = {"specification_id": word(), "name": "Things"}
    return {**named, "cfs_spec_id": word(), "rfs_spec_ids": [word()], "tasks": tasks}


# Promotions


@recipe("promo.create")
def promo_create() -> Args:
    terms = {"discount_type": "absolute", "discount_value": "2.00", "duration_kind": "single"}
    return {"promotion_id": word(), "code": f"CODE-{word()}", **terms}


@recipe("promo.exhaust")
def promo_exhaust() -> Args:
    return {"promotion_id": make_promotion()}


@recipe("promo.assign")
def promo_assign() -> Args:
    given = make_promotion(audience="targeted")
    return {"promotion_id": given, "customer_ids": [make_customer(), make_customer()]}


@recipe("promo.unassign")
def promo_unassign() -> Args:
    customer = make_customer()
    return {"promotion_id": make_targeted(customer), "customer_ids": [customer]}


# Cards and money


def payer() -> str:
    """A customer with a card."""
    customer = make_customer()
    lines.add_card(customer)
    return customer


def card_of(customer: str) -> str:
    """The card that pays."""
    return str(run("payment.list_methods", customer_id=customer)[0]["id"])


@recipe("payment.add_card")
def payment_add_card() -> Args:
    return {"customer_id": make_customer(), "card_number": lines.VISA}


@recipe("payment.link_card")
def payment_link_card() -> Args:
    return {"customer_id": make_customer(), "token": f"tok_{word()}"}


@recipe("payment.set_default")
def payment_set_default() -> Args:
    customer = payer()
    first = card_of(customer)
    lines.add_card(customer)
    return {"method_id": first}


@recipe("payment.remove_method")
def payment_remove_method() -> Args:
    customer = payer()
    lines.add_card(customer)
    return {"method_id": card_of(customer)}


@recipe("payment.charge")
def payment_charge() -> Args:
    customer = payer()
    wanted = {"customer_id": customer, "payment_method_id": card_of(customer)}
    return {**wanted, "amount": "5.00", "reason": "A new card case"}


@recipe("payment.reconcile")
def payment_reconcile() -> Args:
    customer = make_customer()
    lines.add_card(customer, "4000-UNKNOWN-1")
    payment = run(
        "payment.charge",
        customer_id=customer,
        payment_method_id=card_of(customer),
        amount="5.00",
        reason="A new card case",
    )
    word = {"outcome": "captured", "note": "On the bank's list", "reference": "ACQ-77"}
    return {"payment_id": payment["id"], **word}


@recipe("payment.reconcile_refund")
def payment_reconcile_refund() -> Args:
    customer = make_customer()
    lines.add_card(customer, "4000-LOSTREFUND-1")
    charged = run(
        "payment.charge",
        customer_id=customer,
        payment_method_id=card_of(customer),
        amount="5.00",
        reason="A new card case",
    )
    paid = run("payment.refund", payment_id=charged["id"], reason="Arrived broken")
    word = {"outcome": "succeeded", "note": "On the bank's list", "reference": "ACQ-78"}
    return {"refund_id": paid["refunds"][0]["id"], **word}


@recipe("payment.cut_over")
def payment_cut_over() -> Args:
    customer = payer()
    PaymentMethod.objects.filter(customer_id=queries.customer_key(customer)).update(
        provider="another"
    )
    return {}


@recipe("tax_exemption.grant")
def tax_exemption_grant() -> Args:
    return {"customer_id": make_customer(), "reason": "An embassy, note 12/2026"}


@recipe("tax_exemption.end")
def tax_exemption_end() -> Args:
    wanted = RECIPES["tax_exemption.grant"]()
    run("tax_exemption.grant", **wanted)
    return {**wanted, "reason": "Left the embassy"}


@recipe("payment.refund")
def payment_refund() -> Args:
    customer = payer()
    payment = run(
        "payment.charge",
        customer_id=customer,
        payment_method_id=card_of(customer),
        amount="5.00",
        reason="A new card case",
    )
    return {"payment_id": payment["id"], "reason": "Arrived broken", "amount": "2.00"}


@recipe("receipt.send")
def receipt_send() -> Args:
    return {"receipt_id": RECIPES["payment.refund"]()["payment_id"]}


@recipe("dispute.open")
def dispute_open() -> Args:
    payment = RECIPES["payment.refund"]()["payment_id"]
    return {"payment_id": payment, "reference": word(), "reason": "fraudulent", "amount": "3.00"}


@recipe("dispute.close")
def dispute_close() -> Args:
    dispute = run("dispute.open", **RECIPES["dispute.open"]())
    return {"dispute_id": dispute["id"], "outcome": "won", "note": "Letter of the bank"}


# Numbers, eSIMs, network


@recipe("inventory.msisdn.add_range")
def inventory_msisdn_add_range() -> Args:
    return {"prefix": f"8{next(_numbers):03d}", "count": 20}


@recipe("inventory.msisdn.hold")
def inventory_msisdn_hold() -> Args:
    return {"msisdn": free_number(), "customer_id": make_customer()}


def free_number() -> str:
    """A number that nobody has."""
    return str(Number.objects.available().order_by("-msisdn").values_list("msisdn", flat=True)[0])


@recipe("inventory.msisdn.release_hold")
def inventory_msisdn_release_hold() -> Args:
    held = RECIPES["inventory.msisdn.hold"]()
    run("inventory.msisdn.hold", **held)
    return held


@recipe("inventory.esim.import_profiles")
def inventory_esim_import_profiles() -> Args:
    number = 500_000 + next(_numbers)
    profile = {"iccid": f"8910101{number:012d}", "imsi": f"525010{number:09d}"}
    return {"profiles": [{**profile, "ki_ref": f"hsm://{number}", "smdp_server": "smdp.test"}]}


@recipe("inventory.esim.report")
def inventory_esim_report() -> Args:
    line = lines.the(served_line())
    return {"iccid": EsimProfile.objects.get(owner=line.public_id).iccid, "report": "install"}


@recipe("inventory.esim.import_csv")
def inventory_esim_import_csv() -> Args:
    number = 600_000 + next(_numbers)
    row = f"8910101{number:012d},525010{number:09d},hsm://{number},smdp.test"
    return {"text": f"iccid,imsi,ki_ref,smdp_server\n{row}\n"}


@recipe("inventory.esim.redownload")
def inventory_esim_redownload() -> Args:
    iccid = lines.the(served_line()).iccid
    run("inventory.esim.report", iccid=iccid, report="delete")
    return {"iccid": iccid}


@recipe("inventory.msisdn.import_csv")
def inventory_msisdn_import_csv() -> Args:
    return {"text": f"msisdn\n7{next(_numbers):07d}\nnot a number\n"}


@recipe("inventory.msisdn.lock")
def inventory_msisdn_lock() -> Args:
    return {"msisdn": lines.the(served_line()).msisdn}


@recipe("inventory.msisdn.unlock")
def inventory_msisdn_unlock() -> Args:
    locked = RECIPES["inventory.msisdn.lock"]()
    run("inventory.msisdn.lock", **locked)
    return {**locked, "reason": "Ada asked for it"}


plain(
    "provisioning.set_fault_injection",
    task_type="HLR_PROVISION",
    fault_type="slow",
    enabled=True,
    probability=0.5,
)


@recipe("provisioning.resolve_stuck")
def provisioning_resolve_stuck() -> Args:
    ordering.fault("HLR_PROVISION", "stuck")
    ordering.create(ordering.make_buyer())
    settle()
    ordering.fault("HLR_PROVISION", "stuck", enabled=False)
    task = ProvisioningTask.objects.get(state="stuck")
    return {"task_id": task.public_id, "note": "Restarted the HLR"}


@recipe("provisioning.retry_failed")
def provisioning_retry_failed() -> Args:
    line = served_line()
    ordering.fault("PCRF_POLICY_PUSH", "fail_always")
    lines.exhaust(line)
    settle()
    ordering.fault("PCRF_POLICY_PUSH", "fail_always", enabled=False)
    return {"task_id": ProvisioningTask.objects.get(state="failed").public_id}


# Orders


@recipe("order.create")
def order_create() -> Args:
    customer = ordering.make_buyer()
    return {"customer_id": customer, "offering_id": "PLAN_M", "msisdn_preference": free_number()}


@recipe("order.place")
def order_place() -> Args:
    return {**RECIPES["order.create"](), "discount_code": code_of(make_promotion())}


@recipe("order.submit")
def order_submit() -> Args:
    wishes = {"msisdn_preference": free_number(), "discount_code": code_of(make_promotion())}
    return {"order_id": ordering.place(ordering.make_buyer(), **wishes)}


@recipe("order.cancel")
def order_cancel() -> Args:
    return {"order_id": ordering.place(ordering.make_buyer(), msisdn_preference=free_number())}


@recipe("order.give_up")
def order_give_up() -> Args:
    ordering.fault("HLR_PROVISION", "stuck")
    order = ordering.create(ordering.make_buyer())
    settle()
    ordering.fault("HLR_PROVISION", "stuck", enabled=False)
    move_on("1h")
    sweeps.run_sweep("stuck_orders")
    return {"order_id": order, "reason": "The network never answered"}


# Porting


def port(line: str | None = None, **wishes: Any) -> str:
    """A number that is to come."""
    return ports.make_port(line or served_line(), **wishes)


@recipe("port_request.create")
def port_request_create() -> Args:
    line = lines.the(served_line())
    return {
        "direction": "port_out",
        "donor_carrier": "Prompt Mobile",
        "donor_msisdn": line.msisdn,
        "requested_port_date": clock.now().date(),
        "target_subscription_id": line.public_id,
    }


@recipe("port_request.submit")
def port_request_submit() -> Args:
    return {"port_request_id": port(pin="0000"), "pin": "4711"}


@recipe("port_request.approve")
def port_request_approve() -> Args:
    return {"port_request_id": port()}


@recipe("port_request.reject")
def port_request_reject() -> Args:
    sent = port()
    ports.submit(sent)
    return {"port_request_id": sent, "reason": "Ada stays where she is"}


@recipe("port_request.receive")
def port_request_receive() -> Args:
    sent = port(carrier="Silent Mobile")
    ports.submit(sent)
    return {"port_request_id": sent, "message_id": word(), "kind": "released"}


# Lines


def served_line(plan: str = "PLAN_S") -> str:
    """A line in service, as an order makes it."""
    order = ordering.create(ordering.make_buyer(), plan)
    settle()
    return str(ordering.line_of(order).public_id)


@recipe("subscription.purchase_vas")
def subscription_purchase_vas() -> Args:
    line = served_line()
    lines.exhaust(line)
    return {"subscription_id": line, "vas_offering_id": "VAS_DATA_5GB"}


@recipe("subscription.renew_now")
def subscription_renew_now() -> Args:
    line = served_line()
    lines.exhaust(line)
    return {"subscription_id": line}


@recipe("subscription.tick_renewals_now")
def subscription_tick_renewals_now() -> Args:
    for plan in ("PLAN_S", "PLAN_M"):
        served_line(plan)
    move_on("30d")
    return {}


@recipe("subscription.terminate")
def subscription_terminate() -> Args:
    return {"subscription_id": served_line(), "reason": "Moves abroad"}


@recipe("subscription.terminate_at_period_end")
def subscription_terminate_at_period_end() -> Args:
    return {"subscription_id": served_line(), "code": "moved_away"}


@recipe("subscription.cancel_termination")
def subscription_cancel_termination() -> Args:
    wanted = RECIPES["subscription.terminate_at_period_end"]()
    run("subscription.terminate_at_period_end", **wanted)
    return {"subscription_id": wanted["subscription_id"]}


@recipe("subscription.rename")
def subscription_rename() -> Args:
    return {"subscription_id": served_line(), "nickname": "Tablet"}


@recipe("subscription.suspend")
def subscription_suspend() -> Args:
    return {"subscription_id": served_line(), "cause": "lost"}


@recipe("subscription.pause")
def subscription_pause() -> Args:
    return {"subscription_id": served_line(), "until": clock.now() + clock.duration("9d")}


@recipe("subscription.resume")
def subscription_resume() -> Args:
    wanted = RECIPES["subscription.suspend"]()
    run("subscription.suspend", **wanted)
    move_on("31d")
    return {"subscription_id": wanted["subscription_id"]}


@recipe("subscription.suspend_by_law")
def subscription_suspend_by_law() -> Args:
    return {"subscription_id": served_line(), "legal_basis": "Order 17 of the district court"}


@recipe("subscription.lift_lawful_suspension")
def subscription_lift_lawful_suspension() -> Args:
    wanted = RECIPES["subscription.suspend_by_law"]()
    run_internal("subscription.suspend_by_law", wanted)
    return {"subscription_id": wanted["subscription_id"], "reason": "Order 18 lifts it"}


@recipe("subscription.agree_auto_top_up")
def subscription_agree_auto_top_up() -> Args:
    wish = {"vas_offering_id": "VAS_DATA_1GB", "monthly_cap": "10.00"}
    return {"subscription_id": served_line(), **wish}


@recipe("subscription.clear_auto_top_up")
def subscription_clear_auto_top_up() -> Args:
    wanted = RECIPES["subscription.agree_auto_top_up"]()
    run("subscription.agree_auto_top_up", **wanted)
    return {"subscription_id": wanted["subscription_id"]}


@recipe("subscription.change_device")
def subscription_change_device() -> Args:
    return {"subscription_id": served_line()}


def changing_line() -> str:
    """A line that is offered a second profile."""
    line = served_line()
    run("subscription.change_device", subscription_id=line)
    settle()
    return line


@recipe("subscription.cancel_device_change")
def subscription_cancel_device_change() -> Args:
    return {"subscription_id": changing_line(), "reason": "The phone was found"}


@recipe("subscription.roll_back_device_change")
def subscription_roll_back_device_change() -> Args:
    line = changing_line()
    (change,) = run("subscription.list_device_changes", subscription_id=line)
    run("inventory.esim.report", iccid=change["newIccid"], report="enable")
    settle()
    return {"subscription_id": line, "reason": "The new phone is broken"}


@recipe("subscription.schedule_plan_change")
def subscription_schedule_plan_change() -> Args:
    return {"subscription_id": served_line(), "new_offering_id": "PLAN_L"}


@recipe("subscription.cancel_pending_plan_change")
def subscription_cancel_pending_plan_change() -> Args:
    wanted = RECIPES["subscription.schedule_plan_change"]()
    run("subscription.schedule_plan_change", **wanted)
    return {"subscription_id": wanted["subscription_id"]}


@recipe("subscription.migrate_to_new_price")
def subscription_migrate_to_new_price() -> Args:
    served_line()
    price = make_price("PLAN_S", amount="11.00")["id"]
    return {"offering_id": "PLAN_S", "new_price_id": price, "effective_from": clock.now()}


# Buckets


def by_hand(line: str, **more: Any) -> Args:
    """A quantity that somebody moves."""
    return {"subscription_id": line, "kind": "data", "quantity": 500, "reason": "Goodwill", **more}


@recipe("bucket.adjust", "bucket.reserve")
def bucket_adjust() -> Args:
    return by_hand(served_line())


@recipe("bucket.transfer")
def bucket_transfer() -> Args:
    line = served_line()
    order = ordering.create(lines.the(line).owner)
    settle()
    return by_hand(line, to_subscription_id=ordering.line_of(order).public_id)


@recipe("bucket.release", "bucket.use_reserve")
def bucket_release() -> Args:
    return {"change_id": run("bucket.reserve", **by_hand(served_line()))["id"]}


# Usage


@recipe("usage.record")
def usage_record() -> Args:
    msisdn = lines.the(served_line()).msisdn
    return {"events": [event(msisdn, 3000), event(msisdn, 3000), event("12345678", 1)]}


def event(msisdn: str, megabytes: int) -> Args:
    """Data that was used."""
    used = {"event_type": "data", "quantity": megabytes, "unit": "mb"}
    return {"event_key": word(), "msisdn": msisdn, **used}


@recipe("usage.simulate")
def usage_simulate() -> Args:
    found = event(lines.the(served_line()).msisdn, 5120)
    del found["event_key"]
    return found


@recipe("usage.write_off")
def usage_write_off() -> Args:
    used = RECIPES["usage.simulate"]() | {"quantity": 6000}
    run("usage.simulate", **used)
    line = str(lines.Subscription.objects.get(msisdn=used["msisdn"]).public_id)
    return {"subscription_id": line, "kind": "data", "reason": "Goodwill"}


# The kernel itself

plain("clock.freeze", at="2026-05-01T00:00:00Z")
plain("clock.unfreeze")
plain("clock.advance", duration="1h")
plain("admin.reset_operational_data")


plain("operator.update", tax_id="M2-1234567-8", address="1 High Street\nSingapore")


@recipe("client.create")
def client_create() -> Args:
    return {"name": word().lower(), "scopes": ["order.*"]}


@recipe("client.revoke")
def client_revoke() -> Args:
    made = RECIPES["client.create"]()
    run("client.create", **made)
    return {"name": made["name"]}


@recipe("staff.create")
def staff_create() -> Args:
    name = word().lower()
    return {"username": name, "email": f"{name}@example.com", "role": "care", "password": "x" * 12}


@recipe("proposal.cancel")
def proposal_cancel() -> Args:
    proposal, _ = propose("customer.create", customer_create())
    return {"proposal_id": proposal.public_id, "reason": "Not needed any more"}


# They only put work back into its queue; what that leads to is not theirs to foresee.
HANDING_BACK = ("call.retry", "delivery.retry")


def parked_call() -> int:
    """A call that was given up."""
    invoke("payment.link_card", RECIPES["payment.link_card"](), wait=0)
    found = Call.objects.get(state="open")
    Call.objects.filter(pk=found.pk).update(state="parked", attempts=12)
    return found.pk


@recipe("call.retry")
def call_retry() -> Args:
    return {"call_id": parked_call()}


@recipe("call.discard")
def call_discard() -> Args:
    return {"call_id": parked_call(), "reason": "Card was typed wrong"}


def parked_delivery() -> int:
    """A delivery that failed too often."""
    run("interaction.log", customer_id=make_customer(), summary="Asked about roaming")
    found = Delivery.objects.filter(state="open").order_by("-id")[:1].get()
    Delivery.objects.filter(pk=found.pk).update(state="parked", attempts=5)
    return found.pk


@recipe("delivery.retry")
def delivery_retry() -> Args:
    return {"delivery_id": parked_delivery()}


@recipe("delivery.discard")
def delivery_discard() -> Args:
    return {"delivery_id": parked_delivery(), "reason": "Nobody needs it"}


def stock() -> None:
    """What every situation begins with."""
    OperatorProfile.objects.get_or_create(pk=1, defaults={"sandbox": True})
    ordering.make_stock()
    settle()
