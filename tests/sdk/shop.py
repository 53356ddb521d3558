"""The official Python client of YooKassa: money in all of its ways."""

from yookassa import Configuration, Payment, Refund, Settings
from yookassa.domain.exceptions import (
    BadRequestError,
    NotFoundError,
    ResponseProcessingError,
    TooManyRequestsError,
    UnauthorizedError,
)
from yookassa.domain.notification import WebhookNotificationFactory

from world import show


def order(value="499.00", **more):
    return {
        "amount": {"value": value, "currency": "RUB"},
        "capture": True,
        "confirmation": {"type": "redirect", "return_url": "https://t.me/atelier_bot"},
        "description": "100 кредитов",
        "metadata": {"order_id": "o-1"},
        **more,
    }


def expect(error, deed):
    """The error that must come, in the words of its answer."""
    try:
        deed()
    except error as refused:
        return refused.args[0].get("description")
    raise AssertionError(f"{error.__name__} was expected")


def prove(world):
    api = f"{world.origin}/yookassa/v3"
    Configuration.configure(world.shop, world.secret, api_url=api)
    me = Settings.get_account_settings()
    show("me", me.account_id, me.status, me.test)
    assert (me.account_id, me.status, me.test) == (world.shop, "enabled", True)
    card(world)
    two_steps(world)
    saved(world)
    trouble(world, api)


def card(world):
    receipt = {
        "customer": {"email": "u@example.com"},
        "items": [
            {
                "description": "100 кредитов",
                "quantity": "1.0",
                "amount": {"value": "499.00", "currency": "RUB"},
                "vat_code": 1,
                "payment_subject": "service",
                "payment_mode": "full_payment",
            }
        ],
    }
    asked = order(payment_method_data={"type": "bank_card"}, receipt=receipt)
    made = Payment.create(asked, "pay-o-1-1")
    assert Payment.create(asked, "pay-o-1-1").id == made.id
    assert made.status == "pending" and made.confirmation.confirmation_url
    world.do("/sandbox/yookassa/pay", payment_id=made.id, card="5555555555554477")
    paid = Payment.find_one(made.id)
    income = paid.income_amount.value
    show("paid by card", paid.status, paid.payment_method.title, paid.amount.value, income)
    assert paid.status == "succeeded" and paid.paid
    told = WebhookNotificationFactory().create(world.notice())
    show("told", told.event, told.object.status, told.object.id == made.id)
    assert (told.event, told.object.id) == ("payment.succeeded", made.id)

    part = {"payment_id": made.id, "amount": {"value": "100.00", "currency": "RUB"}}
    refund = Refund.create(part, "ref-1")
    told = WebhookNotificationFactory().create(world.notice())
    assert (told.event, told.object.id) == ("refund.succeeded", refund.id)
    rest = {**part, "amount": {"value": "399.00", "currency": "RUB"}}
    Refund.create(rest, "ref-2")
    world.notice()
    listed = Refund.list({"payment_id": made.id})
    left = Payment.find_one(made.id)
    back = left.refunded_amount.value
    show("given back", Refund.find_one(refund.id).status, len(listed.items), back)
    assert len(listed.items) == 2 and back == left.amount.value
    show("refused", expect(BadRequestError, lambda: Refund.create(part, "ref-3")))


def two_steps(world):
    held = Payment.create(order(capture=False), "hold-1")
    world.do("/sandbox/yookassa/pay", payment_id=held.id, card="4111111111111111")
    assert world.notice()["event"] == "payment.waiting_for_capture"
    some = {"amount": {"value": "200.00", "currency": "RUB"}}
    taken = Payment.capture(held.id, some, "hold-1-capture")
    world.notice()
    show("captured", taken.status, taken.amount.value)
    assert taken.status == "succeeded"
    held = Payment.create(order(capture=False), "hold-2")
    world.do("/sandbox/yookassa/pay", payment_id=held.id, card="4111111111111111")
    world.notice()
    canceled = Payment.cancel(held.id, "hold-2-cancel")
    why = canceled.cancellation_details
    show("canceled", canceled.status, why.party, why.reason)
    assert (canceled.status, why.reason) == ("canceled", "canceled_by_merchant")
    assert world.notice()["event"] == "payment.canceled"
    by_sbp = Payment.create(order(payment_method_data={"type": "sbp"}), "sbp-1")
    world.do("/sandbox/yookassa/pay", payment_id=by_sbp.id, bank="100000000004")
    world.notice()
    by = Payment.find_one(by_sbp.id).payment_method
    show("paid by SBP", by.type, by.payer_bank_details.bank_id)
    page = Payment.list({"limit": 2})
    following = Payment.list({"limit": 2, "cursor": page.next_cursor})
    succeeded = Payment.list({"status": "succeeded", "created_at.gte": by_sbp.created_at})
    show("listed", len(page.items), len(following.items), len(succeeded.items))
    assert [len(it.items) for it in (page, following, succeeded)] == [2, 2, 1]


def saved(world):
    first = Payment.create(order(save_payment_method=True), "sub-1-1")
    world.do("/sandbox/yookassa/pay", payment_id=first.id, card="2200000000000004")
    world.notice()
    method = Payment.find_one(first.id).payment_method
    show("saved", method.saved, method.title)
    again = {**order(), "payment_method_id": method.id}
    del again["confirmation"]
    charged = Payment.create(again, "sub-1-2")
    assert world.notice()["object"]["id"] == charged.id
    show("charged again", charged.status, charged.payment_method.id == method.id)
    assert charged.status == "succeeded"
    world.do(
        "/sandbox/yookassa/methods", payment_method_id=method.id, declined="insufficient_funds"
    )
    declined = Payment.create(again, "sub-1-3")
    world.notice()
    show("charged in vain", declined.status, declined.cancellation_details.reason)
    assert declined.cancellation_details.reason == "insufficient_funds"


def trouble(world, api):
    def fault(name, **more):
        world.do("/sandbox/yookassa/faults", fault=name, **more)

    fault("202")
    asked = order()
    show("202", expect(ResponseProcessingError, lambda: Payment.create(asked, "slow-1")))
    same = Payment.create(asked, "slow-1")
    assert Payment.list({"limit": 1}).items[0].id == same.id
    fault("429", on="read")
    show("429", expect(TooManyRequestsError, lambda: Payment.find_one(same.id)))
    show("404", expect(NotFoundError, lambda: Payment.find_one("0" * 36)))
    other = order("500.00")
    show("400", expect(BadRequestError, lambda: Payment.create(other, "slow-1")))
    Configuration.configure(world.shop, "wrong", api_url=api)
    show("401", expect(UnauthorizedError, lambda: Payment.find_one(same.id)))
