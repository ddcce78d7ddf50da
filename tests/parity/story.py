"""A week at the operator's: every operation that others rely on, run on a real database."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from apps.catalog.tests.factories import make_promotion
from apps.crm.tests.factories import make_agent
from apps.ordering.tests import factories as ordering
from bss.core import clock, context, roles
from bss.core.models import User
from bss.core.operations import run
from tests.previews.recipes import RECIPES, free_number, move_on, settle, word

CARD = "4242424242424242"
SAID = "Ada: my data is gone\nbot: let me look"


class Story:
    """What each operation answered, in order."""

    def __init__(self) -> None:
        self.told: dict[str, list[Any]] = defaultdict(list)

    def do(self, name: str, /, **args: Any) -> Any:
        """Run an operation and remember what it answered."""
        answer = run(name, **args)
        self.told[name].append(answer)
        return answer

    def week(self) -> None:
        """Everything, from the first customer to the last report."""
        self.sell()
        self.serve()
        self.look()
        self.care()
        self.change()
        self.mine()
        self.port()
        self.repair()
        self.tend_the_shop()
        self.let_time_pass()

    # Ada comes

    def sell(self) -> None:
        User.objects.create_user("alice", "alice@bss.test", "secret", is_staff=True)
        self.agent = make_agent("AGT-900", email="alice@bss.test")
        self.ada = self.do("customer.create", name="Ada Tan", email="ada@m.test", phone="91000001")[
            "id"
        ]
        run("customer.update", customer_id=self.ada, date_of_birth="1990-01-01")
        self.do(
            "customer.attest_kyc",
            customer_id=self.ada,
            provider="prebaked",
            attestation_token="any-token",
            provider_reference="PROOF-1",
            document_type="passport",
            document_number="E1234567",
            document_country="SG",
        )
        self.card = self.do("payment.add_card", customer_id=self.ada, card_number=CARD)["id"]
        self.promotion = self.do(
            "promo.create",
            promotion_id="PROMO_WEEK",
            discount_type="percent",
            discount_value="10",
            duration_kind="multi",
            periods_total=3,
            code="WEEK10",
            applicable_offering_ids=["PLAN_M"],
            valid_from="2026-01-01T00:00:00Z",
            valid_to="2027-01-01T00:00:00Z",
            display_name="A week off",
        )
        settle()
        self.do("promo.show", promotion_id="PROMO_WEEK")
        chosen = make_promotion(audience="targeted", code="CHOSEN")
        self.do("promo.assign", promotion_id=chosen, customer_ids=[self.ada])
        self.order = self.do(
            "order.create",
            customer_id=self.ada,
            offering_id="PLAN_M",
            msisdn_preference=free_number(),
            notes="Call first",
            discount_code="WEEK10",
            requested_completion_date=clock.now() + clock.duration("1d"),
        )["id"]
        settle()
        self.do("order.wait_until", order_id=self.order)
        self.do("order.get", order_id=self.order)
        self.do("order.list", customer_id=self.ada)
        self.line = ordering.line_of(self.order).public_id
        self.msisdn = ordering.line_of(self.order).msisdn
        self.iccid = ordering.line_of(self.order).iccid

    def serve(self) -> None:
        self.do("usage.simulate", msisdn=self.msisdn, event_type="data", quantity=2048, unit="mb")
        record = {"event_key": word(), "msisdn": self.msisdn, "event_type": "sms"}
        run("usage.record", events=[record | {"quantity": 1, "unit": "count", "raw_cdr_ref": "C1"}])
        nobody = {"event_key": word(), "msisdn": self.msisdn, "event_type": "fax"}
        run("usage.record", events=[nobody | {"quantity": 1, "unit": "count"}])
        self.do("usage.history", subscription_id=self.line)
        self.do(
            "subscription.purchase_vas", subscription_id=self.line, vas_offering_id="VAS_DATA_1GB"
        )
        self.do(
            "subscription.schedule_plan_change", subscription_id=self.line, new_offering_id="PLAN_L"
        )
        for name in ("get", "get_balance", "get_esim_activation"):
            self.do(f"subscription.{name}", subscription_id=self.line)
        self.do("subscription.list_for_customer", customer_id=self.ada)

    def look(self) -> None:
        for name in ("customer.get", "customer.get_kyc_status"):
            self.do(name, customer_id=self.ada)
        self.do("customer.list", name_contains="Tan")
        self.do("customer.find_by_msisdn", msisdn=self.msisdn)
        self.do("customer.find_by_email", email="ada@m.test")
        self.do("inventory.msisdn.get", msisdn=self.msisdn)
        self.do("inventory.msisdn.list_available", status="assigned")
        self.do("inventory.msisdn.count", prefix="9")
        self.do("inventory.msisdn.add_range", prefix="8555", count=20)
        self.do("inventory.esim.list_available")
        self.do("inventory.esim.get_activation", iccid=self.iccid)
        services = self.do("service.list_for_subscription", subscription_id=self.line)
        self.do("service.get", service_id=services[0]["children"][0]["id"])
        orders = self.do("service_order.list_for_order", commercial_order_id=self.order)
        self.do("service_order.get", service_order_id=orders[0]["id"])
        self.do("provisioning.list_tasks", state="completed")
        found = self.do("trace.for_order", order_id=self.order)
        self.do("trace.for_subscription", subscription_id=self.line)
        self.do("trace.get", trace_id=found["traceId"])
        self.do("payment.list_methods", customer_id=self.ada)
        charged = self.do(
            "payment.charge",
            customer_id=self.ada,
            payment_method_id=self.card,
            amount="5.00",
            purpose="manual",
            reason="A new card case",
        )
        self.do("payment.get_attempt", attempt_id=charged["id"])
        self.do("payment.list_attempts", customer_id=self.ada)
        self.decline()
        self.do("events.list", aggregate_id=self.order)

    def decline(self) -> None:
        bad = run("payment.add_card", customer_id=self.ada, card_number="4000-DECLINE-1")["id"]
        charge = {"amount": "6.00", "purpose": "manual", "reason": "Another case"}
        declined = self.do("payment.charge", customer_id=self.ada, payment_method_id=bad, **charge)
        self.do("payment.get_attempt", attempt_id=declined["id"])
        self.do("payment.list_attempts", customer_id=self.ada)
        run("payment.remove_method", method_id=bad)

    # Ada complains

    def care(self) -> None:
        kept = run("chat_transcript.store", customer_id=self.ada, body=SAID)
        self.as_alice = context.Context(actor="alice", channel="portal-csr")
        with context.acting(self.as_alice):
            case = self.do(
                "case.open",
                customer_id=self.ada,
                subject="No data",
                category="technical",
                priority="high",
                description="Since noon",
                chat_transcript_hash=kept["hash"],
            )
            self.case = case["id"]
            self.do("case.add_note", case_id=self.case, body="Looked at the network")
            self.tickets(self.case)
        self.do("case.update_priority", case_id=self.case, priority="critical")
        self.do("case.show_transcript_for", case_id=self.case)
        self.do("case.transition", case_id=self.case, to_state="in_progress")
        run("case.transition", case_id=self.case, to_state="resolved", resolution_code="fixed")
        self.do("case.close", case_id=self.case, resolution_code="fixed")
        self.do("case.get", case_id=self.case)
        self.do("case.list", customer_id=self.ada)
        self.do("interaction.log", customer_id=self.ada, summary="Rang up", body="Twice")
        run("interaction.log", customer_id=self.ada, summary="Rang", agent_id=self.agent)
        settle()
        self.do("interaction.list", customer_id=self.ada)
        self.do("agents.list")

    def tickets(self, case: str) -> None:
        opened = self.do("ticket.open", ticket_type="service_outage", subject="Mast", case_id=case)
        ticket = opened["id"]
        run("ticket.update", ticket_id=ticket, description="Mast 7")
        self.do("ticket.assign", ticket_id=ticket, agent_id=self.agent)
        self.do("ticket.transition", ticket_id=ticket, to_state="acknowledged")
        run("ticket.transition", ticket_id=ticket, to_state="in_progress")
        self.do("ticket.resolve", ticket_id=ticket, resolution_notes="Mast is up")
        self.do("ticket.close", ticket_id=ticket)
        self.do("ticket.get", ticket_id=ticket)
        self.do("ticket.list", case_id=case)
        other = run("ticket.open", ticket_type="complaint", subject="Rude", customer_id=self.ada)
        self.do("ticket.cancel", ticket_id=other["id"])

    def change(self) -> None:
        self.do("customer.update_contact", customer_id=self.ada, phone="91000002")
        media = self.do(
            "customer.add_contact_medium",
            customer_id=self.ada,
            medium_type="postal",
            value="1 High Street",
        )["contactMedium"]
        self.do("customer.remove_contact_medium", customer_id=self.ada, medium_id=media[-1]["id"])
        self.do("subscription.cancel_pending_plan_change", subscription_id=self.line)
        spare = run("payment.add_card", customer_id=self.ada, card_number="5555555555554444")
        self.do("payment.remove_method", method_id=spare["id"])

    # Ada helps herself

    def mine(self) -> None:
        settle()
        with context.acting(roles.as_customer(self.ada, "portal-self-serve")):
            self.do("customer.get_mine")
            self.do("payment.method_list_mine")
            self.do("payment.charge_history_mine")
            line = {"subscription_id": self.line}
            self.do("vas.purchase_for_me", **line, vas_offering_id="VAS_DATA_1GB")
            self.do("subscription.schedule_plan_change_mine", **line, new_offering_id="PLAN_L")
            self.do("subscription.list_mine")
            for name in ("get_mine", "get_balance_mine", "get_lpa_mine"):
                self.do(f"subscription.{name}", **line)
            self.do("subscription.cancel_pending_plan_change_mine", **line)
            self.do("usage.history_mine")
            concern = {"category": "fraud", "subject": "Not me", "description": "Look at May"}
            mine = self.do("case.open_for_me", **concern, transcript="Ada: that was not me")
        run("case.reply", case_id=mine["id"], body="We look")
        with context.acting(roles.as_customer(self.ada, "portal-self-serve")):
            self.do("case.list_for_me")

    def port(self) -> None:
        coming = {"direction": "port_in", "donor_carrier": "Prompt Mobile"}
        day = clock.now().date()
        made = self.do(
            "port_request.create", **coming, donor_msisdn="81110001", requested_port_date=day,
            target_subscription_id=self.line,
        )  # fmt: skip
        self.do("port_request.get", port_request_id=made["id"])
        self.do("port_request.approve", port_request_id=made["id"])
        unwanted = run(
            "port_request.create", **coming, donor_msisdn="81110002", requested_port_date=day
        )
        self.do("port_request.reject", port_request_id=unwanted["id"], reason="Changed their mind")
        self.do("port_request.list")
        settle()

    # The network breaks

    def repair(self) -> None:
        self.do(
            "provisioning.set_fault_injection",
            task_type="HLR_PROVISION", fault_type="stuck", enabled=False, probability=0.5,
        )  # fmt: skip
        stuck = RECIPES["provisioning.resolve_stuck"]()
        self.do("provisioning.get_task", task_id=stuck["task_id"])
        self.do("provisioning.resolve_stuck", **stuck)
        settle()
        failed = RECIPES["provisioning.retry_failed"]()
        self.do("provisioning.get_task", **failed)
        self.do("provisioning.retry_failed", **failed)
        settle()

    def tend_the_shop(self) -> None:
        window = {"valid_from": "2026-01-01T00:00:00Z", "valid_to": "2027-01-01T00:00:00Z"}
        plan = {"offering_id": "PLAN_WEEK", "name": "Week", "amount": "9.00", "data_mb": 10}
        self.do("catalog.add_offering", **plan, **window)
        self.do(
            "catalog.add_price",
            offering_id="PLAN_WEEK",
            price_id="PRICE_WEEK",
            amount="8.00",
            **window,
        )
        self.do("catalog.window_offering", offering_id="PLAN_WEEK", **window)
        self.do("catalog.list_offerings")
        self.do("catalog.list_active_offerings")
        self.do("catalog.get_offering", offering_id="PLAN_WEEK")
        self.do("catalog.get_active_price", offering_id="PLAN_WEEK")
        self.do("catalog.list_vas")
        self.do("catalog.get_vas", vas_offering_id="VAS_UNLIMITED_DAY")
        self.do("catalog.retire_offering", offering_id="PLAN_WEEK")
        migrated = RECIPES["subscription.migrate_to_new_price"]()
        self.do("subscription.migrate_to_new_price", **migrated)

    def let_time_pass(self) -> None:
        self.do("clock.now")
        waiting = ordering.place(self.ada, msisdn_preference=free_number())
        self.do("order.cancel", order_id=waiting)
        second = RECIPES["subscription.purchase_vas"]()["subscription_id"]
        self.do("subscription.renew_now", subscription_id=second)
        move_on("31d")
        self.do("subscription.tick_renewals_now")
        settle()
        with context.acting(roles.as_customer(self.ada, "portal-self-serve")):
            self.do("subscription.terminate_mine", subscription_id=self.line)
            settle()
            self.do("subscription.list_mine")
        services = self.do("service.list_for_subscription", subscription_id=self.line)
        self.do("service.get", service_id=services[0]["id"])
        self.do("subscription.get", subscription_id=self.line)
        self.do("subscription.terminate", subscription_id=second)
        settle()
        gone = RECIPES["customer.close"]()
        self.do("customer.close", **gone)
        self.do("clock.freeze", at="2026-09-01T00:00:00Z")
        self.do("clock.advance", duration="1h")
        self.do("clock.unfreeze")
