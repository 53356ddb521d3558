// Money by card and by SBP: from the bot's button to the confirmation page and back to the chat.

import assert from 'node:assert/strict';
import test from 'node:test';

import { botFor, needsBot } from './bot.mjs';
import * as steps from './steps.mjs';

const SHOP = process.env.SANDBOX_SHOP;
const needsShop = {
  skip: needsBot.skip || (!SHOP && 'SANDBOX_SHOP, the key of a shop, is not set'),
};

const browser = await steps.browserFor(needsShop);
const bot = botFor(needsShop);
let keys = 0;

async function shop(path, body) {
  const authorization = `Basic ${Buffer.from(SHOP).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json' };
  keys += 1;
  const method = body ? 'POST' : 'GET';
  if (body) headers['idempotence-key'] = `${process.pid}-${Date.now()}-${keys}`;
  const how = { method, headers, body: body && JSON.stringify(body) };
  const answer = await fetch(`${steps.url}/yookassa/v3/${path}`, how);
  const said = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${said.description}`);
  return said;
}

const order = (more = {}) =>
  shop('payments', {
    amount: { value: '1499.00', currency: 'RUB' },
    capture: true,
    confirmation: { type: 'redirect', return_url: 'https://t.me/atelier_bot', locale: 'en_US' },
    description: 'Order 17: 500 credits',
    ...more,
  });

const state = async ({ id }) => (await shop(`payments/${id}`)).status;

// Opens the confirmation page from a button in the chat: it comes in a tab of its own.
async function goToPay(page, person, payment) {
  const inline_keyboard = [[{ text: 'Pay by card', url: payment.confirmation.confirmation_url }]];
  await bot.send(person, 'Here is your order', { reply_markup: { inline_keyboard } });
  const opened = page.context().waitForEvent('page');
  await steps.press(page, 'Pay by card');
  const tab = await opened;
  await tab.locator('h1.price', { hasText: '₽1,499' }).waitFor();
  return tab;
}

test('Whoever pays by card comes back to the chat', needsShop, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  const payment = await order();
  const tab = await goToPay(page, anna, payment);
  await tab.locator('.made-up', { hasText: 'No money moves' }).waitFor();
  await steps.shot(tab, 'yookassa-desktop');
  await tab.locator('button', { hasText: 'Pay ₽1,499' }).click();
  await tab.locator('.talk').waitFor();
  await steps.fromBot(tab, 'Here is your order');
  assert.equal(await state(payment), 'succeeded');
  // Whoever goes back sees that it is paid and can't pay again.
  await tab.goto(payment.confirmation.confirmation_url);
  await tab.locator('.ending.good', { hasText: 'Paid' }).waitFor();
  assert.equal(await tab.locator('form').count(), 0);
  await steps.shot(tab, 'yookassa-paid');
  await steps.close(page);
});

test('On a phone a card is declined, and the way back is there', needsShop, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna, { viewport: steps.phone });
  const payment = await order({ save_payment_method: true });
  const tab = await goToPay(page, anna, payment);
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, 'nothing sticks out');
  await steps.shot(tab, 'yookassa-phone');
  await tab.locator('select[name="card"]').selectOption('5555555555554600');
  await tab.locator('button[value="pay"]').click();
  await tab.locator('.ending.bad', { hasText: 'There isn’t enough money' }).waitFor();
  await steps.shot(tab, 'yookassa-phone-declined');
  const { cancellation_details: why } = await shop(`payments/${payment.id}`);
  assert.equal(why.reason, 'insufficient_funds');
  await tab.locator('a', { hasText: 'Back to the shop' }).click();
  await steps.fromBot(tab, 'Here is your order');
  await steps.close(page);
});

test('SBP, by keys alone', needsShop, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  const payment = await order();
  const tab = await goToPay(page, anna, payment);
  await tab.locator('input[value="card"]').focus();
  await tab.keyboard.press('ArrowRight');
  await tab.locator('.banks').waitFor();
  await tab.keyboard.press('Tab');
  await tab.keyboard.press('ArrowDown');
  await steps.shot(tab, 'yookassa-sbp');
  await tab.keyboard.press('Tab');
  await tab.keyboard.press('Enter');
  await tab.locator('.talk').waitFor();
  const { payment_method: by } = await shop(`payments/${payment.id}`);
  assert.deepEqual([by.type, by.payer_bank_details.bank_id], ['sbp', '100000000004']);
  await steps.close(page);
});

test('A person lets it fail, or leaves', needsShop, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna, { colorScheme: 'dark' });
  const payment = await order();
  const tab = await goToPay(page, anna, payment);
  await tab.locator('button', { hasText: 'Leave without paying' }).click();
  await tab.locator('.talk').waitFor();
  assert.equal(await state(payment), 'pending');
  await tab.goto(payment.confirmation.confirmation_url);
  await tab.locator('a.language').click();
  await tab.locator('.price', { hasText: '1 499 ₽' }).waitFor();
  await tab.locator('summary').click();
  await tab.locator('select[name="reason"]').selectOption('card_expired');
  await steps.shot(tab, 'yookassa-dark');
  await tab.locator('button', { hasText: 'Отклонить' }).click();
  await tab.locator('.ending.bad', { hasText: 'Срок карты истёк' }).waitFor();
  assert.equal(await state(payment), 'canceled');
  await steps.close(page);
});

test('YooKassa can be told to misbehave', needsShop, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  await steps.button(page, 'The world').click();
  const yookassa = page.locator('.world[data-world="yookassa"]');
  await yookassa.locator('select').first().selectOption('declined');
  await yookassa.locator('select:visible').nth(1).selectOption('card_expired');
  await yookassa.locator('button[type="submit"]').click();
  await yookassa.locator('.faults li', { hasText: 'card_expired' }).waitFor();
  await yookassa.scrollIntoViewIfNeeded();
  await steps.shot(page, 'yookassa-world');
  await yookassa.locator('header button').click();
  await yookassa.locator('.faults .none').waitFor();
  await steps.close(page);
});
