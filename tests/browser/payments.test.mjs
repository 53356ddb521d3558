// Invoices in Stars: seen, paid, refused by the bot, and too dear.

import assert from 'node:assert/strict';
import test from 'node:test';

import { botFor, needsBot } from './bot.mjs';
import * as steps from './steps.mjs';

const browser = await steps.browserFor(needsBot);
const bot = botFor(needsBot);

function invoice(person, amount) {
  return bot.call('sendInvoice', {
    chat_id: person.id,
    title: '500 credits',
    description: 'Enough for an avatar',
    payload: `order_${amount}`,
    currency: 'XTR',
    prices: [{ label: '500 credits', amount }],
  });
}

const asked = (person) => bot.next(({ pre_checkout_query: it }) => it?.from.id === person.id);

async function decide(person, verdict) {
  const { pre_checkout_query: query } = await asked(person);
  await bot.call('answerPreCheckoutQuery', { pre_checkout_query_id: query.id, ...verdict });
  return query;
}

test('An invoice is paid in the sheet, and both sides know', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  await invoice(anna, 10);
  await steps.fromBot(page, '500 credits');
  const [query] = await Promise.all([decide(anna, { ok: true }), steps.pay(page)]);
  assert.equal(query.total_amount, 10);
  const { message } = await bot.sent(anna, 'successful_payment');
  assert.equal(message.successful_payment.invoice_payload, 'order_10');
  await page.locator('.notice', { hasText: 'You paid 10 Stars' }).waitFor();
  await page.locator('.key.pays:disabled', { hasText: 'Paid' }).waitFor();
  await steps.close(page);
});

test('A bot that refuses the payment is heard in the sheet', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  await invoice(anna, 20);
  await page.locator('.key.pays').click();
  const sheet = page.locator('.payment');
  const button = sheet.locator('.button.primary');
  await Promise.all([decide(anna, { ok: false, error_message: 'It is sold out' }), button.click()]);
  await sheet.locator('.sheet-error', { hasText: 'It is sold out' }).waitFor();
  assert.equal(await button.isEnabled(), true);
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  assert.equal(await page.locator('.notice').count(), 0);
  await steps.close(page);
});

test('Whoever has too few Stars sees it before paying', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  await invoice(anna, anna.stars + 1);
  await page.locator('.key.pays').click();
  await page.locator('.sheet-error', { hasText: 'Not enough Stars' }).waitFor();
  assert.equal(await page.locator('.payment .button.primary').isDisabled(), true);
  await steps.close(page);
});

test('An invoice behind a link is paid as well', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  const url = await bot.call('createInvoiceLink', {
    title: '500 credits',
    description: 'Enough for an avatar',
    payload: 'by_link',
    currency: 'XTR',
    prices: [{ label: '500 credits', amount: 30 }],
  });
  const inline_keyboard = [[{ text: 'Buy', url }]];
  await bot.send(anna, 'buy by a link', { reply_markup: { inline_keyboard } });
  await steps.press(page, 'Buy');
  const sheet = page.locator('.payment');
  const pressed = sheet.locator('.button.primary').click();
  const [query] = await Promise.all([decide(anna, { ok: true }), pressed]);
  assert.equal(query.invoice_payload, 'by_link');
  await sheet.waitFor({ state: 'detached' });
  await page.locator('.notice', { hasText: 'You paid 30 Stars' }).waitFor();
  await steps.close(page);
});
