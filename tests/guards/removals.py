"""The guards of `docs/guards.md` that money, law or a whole journey hangs on, each with a way to
take it out and the test that must fail then."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Removal:
    """One guard taken out: where, what, and who notices."""

    weakness: str
    file: str
    guard: str
    instead: str
    test: str

    @property
    def name(self) -> str:
        """What a report calls it."""
        return f"{self.weakness} {self.test.rpartition('::')[2]}"

    def thinned(self, root: Path) -> str:
        """The source of the file without the guard."""
        source = (root / self.file).read_text()
        if source.count(self.guard) != 1:
            found = source.count(self.guard)
            raise ValueError(f"{self.file} has {found} times: {self.guard}")
        return source.replace(self.guard, self.instead)


CRM, CATALOG, PAYMENTS = "apps/crm", "apps/catalog", "apps/payments"
NETWORK, LINES = "apps/provisioning", "apps/subscription"
ORDERS, USAGE = "apps/ordering", "apps/rating"
IDENTITY = "tests/test_identity.py"

REMOVALS = (
    Removal(
        "W-01",
        "bss/core/http.py",
        "        if client is None:\n",
        "        import os\n"
        "        if client is None and token in os.environ.values():\n"
        "            return Context(actor='client:somebody')\n"
        "        if client is None:\n",
        f"{IDENTITY}::test_what_we_identify_ourselves_with_identifies_nobody_to_us",
    ),
    Removal(
        "W-01",
        "bss/settings/safety.py",
        '    if is_placeholder(env("SECRET_KEY", default="")):\n',
        "    if False:\n",
        "tests/test_settings.py::test_development_refuses_what_was_left_of_the_example",
    ),
    Removal(
        "W-02",
        f"{PAYMENTS}/operations/opening.py",
        "        if payment.state in OVER_WITHOUT_MONEY and not payment.awaiting:\n",
        "        if payment.state in (*OVER_WITHOUT_MONEY, 'unknown'):\n",
        f"{PAYMENTS}/tests/test_open.py::test_an_unknown_outcome_opens_no_new_attempt",
    ),
    Removal(
        "W-02",
        "bss/core/sending.py",
        'gateway.sending(call.method).on_unknown == "look_up":',
        'gateway.sending(call.method).on_unknown == "never":',
        "bss/core/tests/test_work.py::"
        "test_an_unknown_outcome_is_told_and_looked_up_before_sending_again",
    ),
    Removal(
        "W-03",
        f"{LINES}/models/lines.py",
        "        return self.live().filter(renewal_due_at__lte=moment)\n",
        "        return self.filter(state=State.ACTIVE, renewal_due_at__lte=moment)\n",
        f"{LINES}/tests/test_renew.py::test_an_exhausted_line_is_renewed_too",
    ),
    Removal(
        "W-03",
        f"{LINES}/operations/top_ups.py",
        " or now >= (line.period_end or now):\n",
        ":\n",
        f"{LINES}/tests/test_purchase_vas.py::"
        "test_an_overdue_line_that_ran_dry_is_not_brought_back_for_free",
    ),
    Removal(
        "W-03",
        f"{LINES}/operations/top_ups.py",
        "    if line.state_reason != BlockReason.EXHAUSTED or now >= (line.period_end or now):\n",
        "    if False:\n",
        f"{LINES}/tests/test_purchase_vas.py::test_nothing_brings_back_what_is_unpaid",
    ),
    Removal(
        "W-04",
        f"{ORDERS}/operations/activation.py",
        "    elif payment.state in UNPAID:\n",
        "    elif payment.state in UNPAID[:0]:\n",
        f"{ORDERS}/tests/test_undo.py::test_a_declined_card_ends_the_order",
    ),
    Removal(
        "W-05",
        f"{PAYMENTS}/operations/opening.py",
        '    return "cards" if payment.amount else "nothing"\n',
        '    return "cards"\n',
        f"{ORDERS}/tests/test_promotions.py::test_all_of_it_off_settles_without_the_bank",
    ),
    Removal(
        "W-06",
        f"{ORDERS}/policies.py",
        "    if not crm.is_verified(customer, at):\n",
        "    if False:\n",
        f"{ORDERS}/tests/test_place.py::test_identity_must_be_proven",
    ),
    Removal(
        "W-07",
        f"{NETWORK}/operations/esims.py",
        '        esim.move("rearm")\n',
        "        return esim\n",
        f"{NETWORK}/tests/test_recycle_esim.py::"
        "test_a_prepared_profile_comes_back_once_its_code_is_void",
    ),
    Removal(
        "W-07",
        f"{NETWORK}/operations/tasks.py",
        '        esim.move("prepare")\n',
        "        pass\n",
        f"{NETWORK}/tests/test_finish_task.py::test_preparing_the_profile_offers_it_for_download",
    ),
    Removal(
        "W-07",
        f"{NETWORK}/operations/esims.py",
        "    if not esim.leaves_enough:\n",
        "    if False:\n",
        f"{NETWORK}/tests/test_warn_if_low.py::test_profiles_run_low_too",
    ),
    Removal(
        "W-08",
        f"{LINES}/operations/lines.py",
        "    provisioning.quarantine_number(",
        "    provisioning.release_number(",
        f"{LINES}/tests/test_terminate.py::test_number_and_esim_go_back",
    ),
    Removal(
        "W-10",
        f"{LINES}/operations/service.py",
        '        ask_network(line, "terminate")\n',
        "        pass\n",
        f"{LINES}/tests/test_terminate.py::test_the_network_is_told",
    ),
    Removal(
        "W-10",
        f"{LINES}/operations/service.py",
        "        ask_network(line, action)\n",
        "        pass\n",
        f"{LINES}/tests/test_terminate.py::test_the_network_hears_of_blocks_and_returns",
    ),
    Removal(
        "W-10",
        f"{LINES}/operations/service.py",
        "    if line.is_live and last_asked(line) is not None:\n",
        "    if False:\n",
        f"{LINES}/tests/test_plan_change.py::test_the_network_is_told",
    ),
    Removal(
        "W-10",
        f"{LINES}/operations/service.py",
        "    if not (brought_back and tells_of(asked, bought_at)):\n",
        "    if False:\n",
        f"{LINES}/tests/test_terminate.py::test_the_network_is_told_of_what_a_line_in_service_buys",
    ),
    Removal(
        "W-10",
        f"{ORDERS}/operations/activation.py",
        "    if moved is not None and order.is_under_way:\n",
        "    if moved is not None:\n",
        f"{ORDERS}/tests/test_cancel.py::test_a_cancelled_order_is_not_provisioned",
    ),
    Removal(
        "W-10",
        f"{LINES}/queries/__init__.py",
        '        "cfsServiceId": service_id,\n',
        '        "cfsServiceId": None,\n',
        f"{LINES}/tests/test_terminate.py::test_a_line_names_the_service_that_the_network_knows",
    ),
    Removal(
        "W-11",
        f"{NETWORK}/operations/esims.py",
        "    own = None if new_owner else lock_own(owner)\n",
        "    own = None\n",
        f"{NETWORK}/tests/test_recycle_esim.py::test_an_owner_gets_one_profile_however_often_they_ask",
    ),
    Removal(
        "W-11",
        f"{NETWORK}/operations/numbers.py",
        "    if number.expired_at(clock.now()):\n",
        "    if False:\n",
        f"{NETWORK}/tests/test_hold_number.py::"
        "test_a_hold_that_ran_out_counts_as_free_before_the_sweep",
    ),
    Removal(
        "W-12",
        f"{USAGE}/operations.py",
        "    new = [entry for entry in entries if entry.id and not entry.event.rule]\n",
        "    new = [entry for entry in entries if not entry.event.rule]\n",
        f"{USAGE}/tests/test_record.py::test_a_repeat_is_acknowledged_and_not_counted",
    ),
    Removal(
        "W-12",
        "bss/core/performing.py",
        "            raise LostLease\n",
        "            pass\n",
        "bss/core/tests/test_work.py::test_a_lost_lease_ends_quietly",
    ),
    Removal(
        "W-12",
        "bss/core/delivering.py",
        "        _keep_failure(claimed, failure)\n",
        "        pass\n",
        "bss/core/tests/test_work.py::"
        "test_a_failing_handler_is_parked_after_five_and_holds_its_lane_only",
    ),
    Removal(
        "W-15",
        f"{ORDERS}/operations/activation.py",
        "        payments.refund_unserved(payment_id=payment.public_id, reason=reason)\n",
        "        pass\n",
        f"{ORDERS}/tests/test_undo.py::test_money_that_comes_after_the_end_is_refunded",
    ),
    Removal(
        "W-15",
        f"{LINES}/operations/top_ups.py",
        '        payments.refund_unserved(payment_id=payment_id, reason="The line had ended.")\n',
        "        pass\n",
        f"{LINES}/tests/test_purchase_vas.py::test_what_is_paid_after_the_line_ended_goes_back",
    ),
    Removal(
        "W-16",
        f"{ORDERS}/policies.py",
        "    offering = catalog.sellable_offering(offering_id, at)\n",
        "    offering = ProductOffering.objects.get_by_id(offering_id)\n",
        f"{ORDERS}/tests/test_place.py::test_only_what_is_on_sale_is_sold",
    ),
    Removal(
        "W-16",
        f"{ORDERS}/policies.py",
        "    if customer.state != CustomerState.ACTIVE:\n",
        "    if False:\n",
        f"{ORDERS}/tests/test_place.py::test_only_active_customers_order",
    ),
    Removal(
        "W-16",
        f"{PAYMENTS}/operations/opening.py",
        "        Q(pk__in=named) | Q(customer_id__in=payers, is_default=True)\n"
        "    ).annotate(seller=Subquery(SELLER))\n"
        "    by_id = {method.public_id: method for method in found}\n"
        "    defaults = {method.customer_id: method for method in by_id.values()"
        " if method.is_default}\n",
        "        Q(pk__in=named) | Q(customer_id__in=payers)\n"
        "    ).annotate(seller=Subquery(SELLER))\n"
        "    by_id = {method.public_id: method for method in found.order_by('pk')}\n"
        "    defaults = {method.customer_id: method for method in by_id.values()}\n",
        f"{ORDERS}/tests/test_create.py::test_the_default_card_pays",
    ),
    Removal(
        "W-17",
        f"{ORDERS}/operations/cut_over.py",
        "        subscription.terminate(",
        "        str(",
        f"{ORDERS}/tests/test_port_out.py::test_a_number_goes_on_its_day_and_its_line_ends",
    ),
    Removal(
        "W-17",
        f"{ORDERS}/operations/cut_over.py",
        "        subscription.replace_number(",
        "        dict(",
        f"{ORDERS}/tests/test_port_in.py::test_a_number_comes_on_its_day",
    ),
    Removal(
        "W-17",
        f"{ORDERS}/policies.py",
        "    if not request.comes_in and network.is_locked(msisdn):\n",
        "    if False:\n",
        f"{ORDERS}/tests/test_port_out.py::test_a_locked_number_stays",
    ),
    Removal(
        "W-18",
        f"{NETWORK}/models/service_orders.py",
        '        tasks = list(rows.select_for_update(of=("service_order", "self"), no_key=True))\n',
        "        tasks = list(rows)\n",
        f"{NETWORK}/tests/test_races.py::test_four_answers_at_once_complete_the_order_once",
    ),
    Removal(
        "W-21",
        f"{NETWORK}/operations/tasks.py",
        '    again = list(order.tasks.filter(state__in=GIVEN_UP).order_by("id"))\n',
        "    again = [task]\n",
        f"{NETWORK}/tests/test_resolve_stuck.py::"
        "test_retrying_one_task_runs_all_that_were_given_up",
    ),
    Removal(
        "W-21",
        f"{NETWORK}/operations/tasks.py",
        '    """Give a task as many new attempts as it had, each under a new key."""\n'
        "    task.attempts += 1\n",
        '    """Give a task as many new attempts as it had, each under a new key."""\n',
        f"{NETWORK}/tests/test_resolve_stuck.py::test_resolving_runs_the_same_task_again",
    ),
    Removal(
        "W-21",
        f"{NETWORK}/rules.py",
        "        for fault in faults\n",
        "        for fault in list(faults)[:1]\n",
        f"{NETWORK}/tests/test_rules.py::test_several_faults_of_one_task_strike_together",
    ),
    Removal(
        "W-22",
        f"{LINES}/rules.py",
        "        if charge.kind in STOPPING or not exhausted(self.good_for(charge), charge.at):\n",
        "        if charge.kind != 'data_roaming':\n",
        f"{LINES}/tests/test_consume.py::test_calls_and_messages_are_capped_but_do_not_block",
    ),
    Removal(
        "W-22",
        f"{LINES}/rules.py",
        "        return Charged(overshoot=over)\n",
        "        return Charged()\n",
        f"{LINES}/tests/test_consume.py::test_what_nothing_covers_is_overshoot_not_clamped",
    ),
    Removal(
        "W-22",
        f"{LINES}/rules.py",
        "        over = consume(self.good_for(charge), charge.quantity, charge.at)\n",
        "        over = consume(self.good_for(charge), charge.quantity, now)\n",
        f"{LINES}/tests/test_consume.py::test_late_use_counts_in_the_period_of_its_own_time",
    ),
    Removal(
        "W-22",
        f"{USAGE}/operations.py",
        "            tell(entry)\n",
        "            pass\n",
        f"{USAGE}/tests/test_record.py::test_a_bad_event_is_kept_told_and_fails_alone",
    ),
    Removal(
        "W-23",
        f"{LINES}/operations/top_ups.py",
        "    if top_up.lasts_hours:\n",
        "    if False:\n",
        f"{LINES}/tests/test_purchase_vas.py::test_a_day_pass_is_unlimited_and_ends",
    ),
    Removal(
        "W-23",
        f"{LINES}/operations/top_ups.py",
        "    if not any(rules.exhausted(granted.get(kind, []), now) for kind in rules.STOPPING):\n",
        "    if granted:\n",
        f"{LINES}/tests/test_purchase_vas.py::"
        "test_roaming_does_not_bring_back_what_ran_out_of_data",
    ),
    Removal(
        "W-24",
        f"{CRM}/policies/proofs.py",
        "    if asked is None or asked.customer.public_id != customer_id:\n",
        "    if asked is None:\n",
        f"{CRM}/tests/test_kyc_session.py::"
        "test_a_session_vouches_for_the_customer_it_was_opened_for",
    ),
    Removal(
        "W-24",
        f"{CRM}/operations/identity.py",
        "    policies.require_own_document(document, customer)\n",
        "",
        f"{CRM}/tests/test_kyc_session.py::test_one_document_proves_one_person",
    ),
    Removal(
        "W-24",
        f"{CRM}/operations/identity.py",
        '    proof = f"{attestation.provider}|{attestation.reference}|{token}"\n',
        "    proof = str(clock.real())\n",
        f"{CRM}/tests/test_attest_kyc.py::test_a_proof_is_used_once",
    ),
    Removal(
        "W-35",
        f"{USAGE}/operations.py",
        " if held.holds(event.at))\n",
        ")\n",
        f"{USAGE}/tests/test_record.py::test_a_reused_number_belongs_to_whoever_had_it_then",
    ),
    Removal(
        "W-36",
        "bss/core/http.py",
        "            permissions=frozenset(client.scopes),\n",
        "",
        f"{IDENTITY}::test_claims_in_headers_open_nothing",
    ),
    Removal(
        "W-36",
        "bss/core/http.py",
        '            actor=f"client:{client.name}",\n',
        '            actor=request.headers.get("X-BSS-Actor") or "client",\n',
        f"{IDENTITY}::test_claims_in_headers_are_not_written_down",
    ),
    Removal(
        "W-36",
        "bss/urls.py",
        "urlpatterns = [\n",
        "admin.site.has_permission = lambda request: True\nurlpatterns = [\n",
        f"{IDENTITY}::test_the_cockpit_opens_to_staff_only",
    ),
    Removal(
        "W-36",
        "bss/core/operations.py",
        "    if not acting.allows(found.name, found.effect, by_pattern=bool(found.roles)):\n",
        "    if False:\n",
        "tests/test_permissions.py::test_nobody_without_a_role_may_do_anything",
    ),
    Removal(
        "W-39",
        f"{LINES}/handlers.py",
        '@on(SubscriptionBlocked, queue="mail")\n',
        "",
        f"{LINES}/tests/test_notify.py::test_what_runs_out",
    ),
    Removal(
        "W-39",
        f"{LINES}/handlers.py",
        '@on(RenewalFailed, queue="mail")\n',
        "",
        f"{LINES}/tests/test_notify.py::test_a_failed_renewal_is_one_letter",
    ),
    Removal(
        "W-39",
        f"{CRM}/operations/notifications.py",
        '    return "mail to this address comes back" if letter.bounced else ""\n',
        '    return ""\n',
        f"{CRM}/tests/test_letters.py::"
        "test_a_bounced_address_is_never_written_to_until_it_is_proven",
    ),
    Removal(
        "W-40",
        f"{PAYMENTS}/operations/settling.py",
        "AS e(account, amount)\n)",
        "AS e(account, amount) WHERE false\n)",
        f"{PAYMENTS}/tests/test_charge.py::test_money_is_taken_posted_and_receipted",
    ),
    Removal(
        "W-40",
        f"{PAYMENTS}/operations/refunding.py",
        "    policies.require_refundable(payment, minor, reason)\n",
        "",
        f"{PAYMENTS}/tests/test_dispute.py::test_while_it_is_open_only_the_rest_can_be_refunded",
    ),
)
