// A person's Stars: more of them, subscriptions by a link, their end, and money that comes back.

import assert from 'node:assert/strict';
import test from 'node:test';

import { botFor, needsBot } from './bot.mjs';
import * as steps from './steps.mjs';

const browser = await steps.browserFor(needsBot);
const bot = botFor(needsBot);

// A message with a button that leads to an invoice; `more` makes it a subscription.
async function offer(person, amount, more = {}) {
  const url = await bot.call('createInvoiceLink', {
    title: 'Club',
    description: 'Cheaper pictures and no queue',
    payload: `club_${amount}`,
    currency: 'XTR',
    prices: [{ label: 'Club', amount }],
    ...more,
  });
  const inline_keyboard = [[{ text: 'Join the club', url }]];
  await bot.send(person, 'Our club', { reply_markup: { inline_keyboard } });
}

const MONTHLY = { subscription_period: 2592000 };

async function agree(person) {
  const { pre_checkout_query: it } = await bot.next(
    ({ pre_checkout_query: asked }) => asked?.from.id === person.id,
  );
  await bot.call('answerPreCheckoutQuery', { pre_checkout_query_id: it.id, ok: true });
}

async function openAccount(page) {
  await steps.button(page.locator('.head'), 'Menu').click();
  await page.locator('.menu-entry.gold').click();
  const sheet = page.locator('.stars');
  await sheet.locator('.account-stars').waitFor();
  return sheet;
}

test('A subscription by a link is renewed, canceled and taken up again', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  await offer(anna, 150, MONTHLY);
  await steps.press(page, 'Join the club');
  const pay = page.locator('.payment');
  await pay.locator('h3', { hasText: 'Club' }).waitFor();
  await pay.locator('.payment-monthly', { hasText: '150 Stars every 30 days' }).waitFor();
  await steps.shot(page, 'stars-subscribe');
  await Promise.all([agree(anna), pay.locator('.button.primary').click()]);
  await page.locator('.notice', { hasText: 'You subscribed for 150 Stars' }).waitFor();
  const first = (await bot.sent(anna, 'successful_payment')).message.successful_payment;
  assert.equal(first.is_first_recurring, true);

  const sheet = await openAccount(page);
  const club = sheet.locator('.subscription', { hasText: 'Club' });
  await steps.button(club, 'Renew now').click();
  const second = (await bot.sent(anna, 'successful_payment')).message.successful_payment;
  assert.equal(second.subscription_expiration_date, first.subscription_expiration_date + 2592000);
  await sheet.locator('.past').nth(1).waitFor();
  await steps.shot(page, 'stars-account');
  const told = async () =>
    (await bot.next(({ subscription: it }) => it?.user.id === anna.id)).subscription.state;
  await steps.button(club, 'Cancel').click();
  assert.equal(await told(), 'canceled');
  await club.locator('span', { hasText: 'Not renewed' }).waitFor();
  await steps.button(club, 'Resume').click();
  assert.equal(await told(), 'active');
  await club.locator('span', { hasText: 'renewed on' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.notice', { hasText: 'Your subscription was renewed' }).waitFor();

  const charge = { user_id: anna.id, telegram_payment_charge_id: second.telegram_payment_charge_id };
  await bot.call('refundStarPayment', charge);
  await page.locator('.notice', { hasText: '150 Stars came back to you' }).waitFor();
  const again = await openAccount(page);
  await again.locator('.past', { hasText: 'Came back' }).waitFor();
  await steps.shot(page, 'stars-refunded');
  await steps.close(page);
});

test('On a phone, too few Stars are topped up in the sheet', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna, { viewport: steps.phone });
  await offer(anna, anna.stars + 250);
  await steps.press(page, 'Join the club');
  const pay = page.locator('.payment');
  await pay.locator('.sheet-error', { hasText: 'Not enough Stars' }).waitFor();
  await steps.shot(page, 'stars-short');
  await steps.button(pay, 'Get 250 Stars').click();
  const button = pay.locator('.button.primary:enabled');
  await Promise.all([agree(anna), button.click()]);
  await pay.waitFor({ state: 'detached' });
  await page.locator('.notice', { hasText: 'You paid 5,250 Stars' }).waitFor();
  const sheet = await openAccount(page);
  await steps.button(sheet, '+1,000 Stars').click();
  await sheet.locator('.account-stars', { hasText: '1,000 Stars' }).waitFor();
  await steps.shot(page, 'stars-phone');
  await steps.close(page);
});

test('A link that no invoice has is refused in words', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  const inline_keyboard = [[{ text: 'Buy', url: 'https://t.me/$nothing' }]];
  await bot.send(anna, 'An old link', { reply_markup: { inline_keyboard } });
  await steps.press(page, 'Buy');
  await steps.toast(page, 'the bot has no such invoice link');
  await steps.close(page);
});
