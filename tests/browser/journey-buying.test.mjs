// Credits bought by card, by SBP and with Stars, and spent, in a browser.

import assert from 'node:assert/strict';
import test from 'node:test';

import * as journey from './journey.mjs';
import { en, ru } from './journey.mjs';
import { needsProduct } from './program.mjs';
import * as steps from './steps.mjs';

const browser = await steps.browserFor(needsProduct);

// Presses the button that leads to the page of payment, which comes in a tab of its own.
async function toThePage(page, label) {
  const opened = page.context().waitForEvent('page');
  await page.locator('.key', { hasText: label }).last().click();
  const tab = await opened;
  await tab.locator('h1.price').waitFor();
  return tab;
}

// Whoever has paid comes back to the chat, and closes the tab.
async function backFrom(tab) {
  await tab.locator('.talk').waitFor();
  await tab.close();
}

test('By card, in the middle of an order, which then goes on', needsProduct, async () => {
  const anna = await steps.newPerson('Anna');
  const page = await steps.openAs(browser, anna);
  await journey.trained(page, en, 'Eileen', 'Balanced');
  await journey.go(page, 'Train again', 'Fit for training');
  // Twenty credits are left, and the least costs sixty.
  await journey.go(page, en.go, en.qualities);
  await journey.go(page, 'Fast', 'Top up');
  await steps.shot(page, 'buy-1-short');
  await journey.go(page, 'Top up', 'How many credits');
  await steps.shot(page, 'buy-2-packs');
  await journey.go(page, '100 · 849', 'How would you like to pay?');
  await steps.shot(page, 'buy-3-methods');
  await journey.go(page, 'Card · 849', 'To pay:');
  await page.locator('.key', { hasText: 'Pay 849' }).last().waitFor();
  await steps.shot(page, 'buy-4-order');

  // The first card has no money on it.
  const poor = await toThePage(page, 'Pay 849');
  await poor.locator('select[name="card"]').selectOption('5555555555554600');
  await poor.locator('button[value="pay"]').click();
  await poor.locator('.ending.bad').waitFor();
  await poor.close();
  const declined = await steps.fromBot(page, 'The payment didn’t go through');
  assert.match(await declined.innerText(), /You weren’t charged/);
  await steps.shot(page, 'buy-5-declined');
  await journey.go(page, 'Try again', 'How would you like to pay?');
  await journey.go(page, 'Card · 849', 'To pay:');
  await page.locator('.key', { hasText: 'Pay 849' }).last().waitFor();
  const tab = await toThePage(page, 'Pay 849');
  await tab.locator('button[value="pay"]').click();
  await backFrom(tab);
  const paid = await steps.fromBot(page, 'Added: 100 credits');
  assert.match(await paid.innerText(), /You have 120 now/);
  await steps.shot(page, 'buy-6-paid');
  await journey.go(page, 'Go on with what I was doing', en.price);
  await journey.go(page, en.start, en.running);
  await journey.ready(page, en, 'Eileen');

  const said = await journey.balance(page, en);
  assert.match(said, /You have 60 credits/);
  assert.match(said, /\+100\s+payment of 849/);
  await steps.shot(page, 'buy-7-history');
  await steps.close(page);
});

test('By SBP and with Stars, on a phone', needsProduct, async () => {
  const boris = await steps.newPerson('Борис', 'ru');
  const page = await steps.openAs(browser, boris, {
    viewport: steps.phone,
    colorScheme: 'dark',
    locale: 'ru-RU',
  });
  await journey.join(page, ru);
  await journey.go(page, 'Пополнить', 'Сколько кредитов');
  await steps.shot(page, 'buy-8-phone-packs');
  await steps.press(page, '250 · 1');
  await page.locator('.key', { hasText: 'СБП' }).last().waitFor();
  await steps.press(page, 'СБП');
  await page.locator('.key', { hasText: 'Оплатить' }).last().waitFor();
  await steps.shot(page, 'buy-9-phone-order');
  const tab = await toThePage(page, 'Оплатить');
  await steps.shot(tab, 'buy-10-phone-page');
  await tab.locator('button[value="pay"]').click();
  await backFrom(tab);
  await steps.fromBot(page, '250 кредитов');
  await steps.shot(page, 'buy-11-phone-paid');

  await journey.go(page, ru.menu, ru.home);
  await journey.go(page, 'Пополнить', 'Сколько кредитов');
  await steps.press(page, '100 · 849');
  await page.locator('.key', { hasText: '690' }).last().waitFor();
  await steps.press(page, '690');
  await page.locator('.key', { hasText: 'Оплатить' }).last().waitFor();
  await page.locator('.key', { hasText: 'Оплатить' }).last().click();
  const sheet = page.locator('.payment');
  await sheet.locator('.button.primary').waitFor();
  await steps.shot(page, 'buy-12-phone-stars');
  await sheet.locator('.button.primary').click();
  await steps.fromBot(page, '100 кредитов');
  const said = await journey.balance(page, ru);
  assert.match(said, /У вас 450 кредитов/);
  await steps.shot(page, 'buy-13-phone-history');
  await steps.close(page);
});
