// Buttons under messages: pressed, waiting, answered, and those that lead elsewhere.

import assert from 'node:assert/strict';
import test from 'node:test';

import { botFor, needsBot } from './bot.mjs';
import * as steps from './steps.mjs';

const browser = await steps.browserFor(needsBot);
const bot = botFor(needsBot);

const keys = (...rows) => ({ reply_markup: { inline_keyboard: rows } });
const key = (text, callback_data) => ({ text, callback_data });
const waiting = (page) => page.locator('.key.waiting');

test('A pressed button waits for its answer, which is a toast or a dialog', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  await bot.send(anna, 'choose', keys([key('Toast', 't'), key('Alert', 'a')], [key('Quiet', 'q')]));
  assert.deepEqual(await (await steps.fromBot(page, 'choose')).locator('.key').allInnerTexts(), [
    'Toast',
    'Alert',
    'Quiet',
  ]);

  await steps.press(page, 'Toast');
  await waiting(page).waitFor();
  const toast = await bot.pressed(anna, 't');
  await bot.answer(toast, { text: 'It is done' });
  await steps.toast(page, 'It is done');
  await waiting(page).waitFor({ state: 'detached' });

  await steps.press(page, 'Alert');
  await bot.answer(await bot.pressed(anna, 'a'), { text: 'Read this', show_alert: true });
  await steps.closeAlert(page, 'Read this');

  await steps.press(page, 'Quiet');
  await bot.answer(await bot.pressed(anna, 'q'));
  await waiting(page).waitFor({ state: 'detached' });
  await steps.close(page);
});

test(
  'A button waits on while its message is edited, and once more can’t be pressed',
  needsBot,
  async () => {
    const anna = await bot.meet('Anna');
    const page = await steps.openAs(browser, anna);
    const { message_id } = await bot.send(anna, 'before', keys([key('Go', 'go')]));
    await steps.press(page, 'Go');
    const update = await bot.pressed(anna, 'go');
    await steps.press(page, 'Go');
    const changed = {
      chat_id: anna.id,
      message_id,
      text: 'after',
      ...keys([key('Go', 'go'), key('Stop', 'no')]),
    };
    await bot.call('editMessageText', changed);
    await steps.fromBot(page, 'after');
    assert.equal(await waiting(page).innerText(), 'Go');
    await bot.answer(update);
    await waiting(page).waitFor({ state: 'detached' });
    await steps.press(page, 'Stop');
    await bot.pressed(anna, 'no');
    assert.equal(
      bot.has(({ callback_query: it }) => it?.from.id === anna.id && it.data === 'go'),
      false,
    );
    await steps.close(page);
  },
);

test('A button that is never answered recovers after 15 seconds', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  await page.clock.install();
  await bot.send(anna, 'silence', keys([key('Ask', 'ask')]));
  await steps.press(page, 'Ask');
  await bot.pressed(anna, 'ask');
  await page.clock.fastForward(14_000);
  await waiting(page).waitFor();
  await page.clock.fastForward(2_000);
  await waiting(page).waitFor({ state: 'detached' });
  await steps.close(page);
});

test('The focus stays on a button when its message is edited', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  const { message_id } = await bot.send(anna, 'page 1', keys([key('Back', 'b'), key('Next', 'n')]));
  await steps.fromBot(page, 'page 1');
  await page.locator('.key', { hasText: 'Next' }).focus();
  await page.keyboard.press('Enter');
  const update = await bot.pressed(anna, 'n');
  const edited = {
    chat_id: anna.id,
    message_id,
    text: 'page 2',
    ...keys([key('Back', 'b2'), key('Next', 'n2')]),
  };
  await bot.call('editMessageText', edited);
  await bot.answer(update);
  await steps.fromBot(page, 'page 2');
  await page.keyboard.press('Enter');
  await bot.pressed(anna, 'n2');
  await steps.close(page);
});

test('A link is a link, and a text to copy is copied', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const copy = { text: 'Copy', copy_text: { text: 'r_1a2b' } };
  await bot.send(anna, 'invite', keys([{ text: 'Site', url: 'https://example.com/' }, copy]));
  const row = await steps.fromBot(page, 'invite');
  assert.equal(await row.locator('a.key').getAttribute('href'), 'https://example.com/');
  await steps.press(page, 'Copy');
  await steps.toast(page, 'Copied');
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'r_1a2b');
  await steps.close(page);
});

test('A link to the bot itself starts it with what the link carries', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  const { username } = await bot.call('getMe');
  await bot.send(
    anna,
    'link',
    keys([{ text: 'Join', url: `https://t.me/${username}?start=r_77` }]),
  );
  await steps.press(page, 'Join');
  await bot.said(anna, '/start r_77');
  await steps.close(page);
});
