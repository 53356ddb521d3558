"""A Telegram library: an invoice, a subscription, a refund, and the account of a bot."""

import asyncio

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import LabeledPrice

from world import show

PERSON = 501
MONTH = 2_592_000


class Inbox:
    """The updates of a bot, one after the other."""

    def __init__(self, bot):
        self.bot, self.offset, self.waiting = bot, 0, []

    async def next(self):
        while not self.waiting:
            self.waiting = await self.bot.get_updates(offset=self.offset, timeout=5)
        update = self.waiting.pop(0)
        self.offset = update.update_id + 1
        return update


async def talk(world):
    server = TelegramAPIServer.from_base(world.origin)
    async with Bot(world.token, AiohttpSession(api=server)) as bot:
        inbox = Inbox(bot)
        me = await bot.get_me()
        show("me", me.id, me.username)
        await on_page(world, "/sandbox/say", bot=me.id, person=PERSON, text="/start")
        assert (await inbox.next()).message.text == "/start"
        await invoice(world, bot, inbox, me)
        await subscription(world, bot, inbox, me)
        transactions = (await bot.get_star_transactions()).transactions
        balance = await bot.get_my_star_balance()
        sides = [(it.amount, "in" if it.source else "out") for it in transactions]
        show("transactions", *sides)
        show("balance", balance.amount)
        assert sides == [(250, "in"), (250, "out"), (100, "in"), (100, "in")]
        assert balance.amount == 200
        assert transactions[0].id == transactions[1].id
        assert transactions[2].source.subscription_period == MONTH


async def on_page(world, path, **body):
    return await asyncio.to_thread(lambda: world.do(path, **body))


async def pay(world, inbox, **paid):
    """A person pays; the bot is asked and agrees, and is told."""
    paying = asyncio.create_task(on_page(world, "/sandbox/pay", person=PERSON, **paid))
    query = (await inbox.next()).pre_checkout_query
    assert (query.currency, query.from_user.id) == ("XTR", PERSON)
    await inbox.bot.answer_pre_checkout_query(query.id, ok=True)
    assert (await paying)["ok"]
    return (await inbox.next()).message.successful_payment


async def invoice(world, bot, inbox, me):
    sent = await bot.send_invoice(
        PERSON,
        title="Credits",
        description="100 credits",
        payload="ord_1",
        currency="XTR",
        provider_token="",
        prices=[LabeledPrice(label="100 credits", amount=250)],
    )
    paid = await pay(world, inbox, bot=me.id, message_id=sent.message_id)
    show("invoice paid", paid.total_amount, paid.invoice_payload)
    assert (paid.total_amount, paid.invoice_payload) == (250, "ord_1")
    charge = paid.telegram_payment_charge_id
    assert await bot.refund_star_payment(PERSON, charge)
    refunded = (await inbox.next()).message.refunded_payment
    show("refunded", refunded.total_amount, refunded.telegram_payment_charge_id == charge)
    try:
        await bot.refund_star_payment(PERSON, charge)
    except TelegramBadRequest as refused:
        show("refused", refused.message)
    else:
        raise AssertionError("nothing is given back twice")


async def subscription(world, bot, inbox, me):
    link = await bot.create_invoice_link(
        title="Club",
        description="A month",
        payload="sub_1",
        currency="XTR",
        prices=[LabeledPrice(label="Month", amount=100)],
        subscription_period=MONTH,
    )
    first = await pay(world, inbox, bot=me.id, link=link)
    show("subscribed", first.is_first_recurring, first.subscription_expiration_date)
    charge = first.telegram_payment_charge_id
    change = {"bot": me.id, "person": PERSON, "telegram_payment_charge_id": charge}
    await on_page(world, "/sandbox/subscription", deed="renew", **change)
    second = (await inbox.next()).message.successful_payment
    show("renewed", second.is_recurring, second.subscription_expiration_date)
    assert second.is_recurring and not second.is_first_recurring
    await on_page(world, "/sandbox/subscription", deed="cancel", **change)
    canceled = await inbox.next()
    show("canceled by the person", canceled.subscription.state)
    assert await bot.edit_user_star_subscription(PERSON, charge, is_canceled=True)


def prove(world):
    asyncio.run(asyncio.wait_for(talk(world), 60))
