// Words: what a person says, what a bot says, and how the chat stays calm while both go on.

import assert from 'node:assert/strict';
import test from 'node:test';

import { botFor, needsBot } from './bot.mjs';
import * as steps from './steps.mjs';

const browser = await steps.browserFor(needsBot);
const bot = botFor(needsBot);

const textOf = async (row) => (await row.locator('.text').innerText()).trim();

test('Start says /start, and what the bot answers is seen', needsBot, async () => {
  const anna = await steps.newPerson('Anna');
  const page = await steps.openAs(browser, anna);
  await steps.start(page);
  await bot.said(anna, '/start');
  await bot.send(anna, 'Welcome');
  await steps.fromBot(page, 'Welcome');
  assert.equal(await page.locator('.empty').isVisible(), false);
  await steps.close(page);
});

test(
  'Enter sends, Shift+Enter begins a line, and a draft outlives a reload',
  needsBot,
  async () => {
    const anna = await steps.newPerson('Anna');
    const page = await steps.openAs(browser, anna);
    await steps.say(page, 'one\ntwo');
    await bot.said(anna, 'one\ntwo');
    assert.equal((await textOf(await steps.fromMe(page, 'one'))).split('\n')[0], 'one');
    await page.locator('.composer textarea').fill('not yet');
    await page.reload();
    await steps.fromMe(page, 'one');
    assert.equal(await page.locator('.composer textarea').inputValue(), 'not yet');
    await steps.close(page);
  },
);

test('An edited message changes in its place, a deleted one disappears', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  const { message_id } = await bot.send(anna, 'step 1 of 3');
  await bot.send(anna, 'below');
  await steps.fromBot(page, 'below');
  await bot.call('editMessageText', { chat_id: anna.id, message_id, text: 'step 2 of 3' });
  const row = await steps.fromBot(page, 'step 2 of 3');
  assert.equal(await row.locator('.edited').count(), 1);
  assert.equal(await page.locator('.row.incoming').count(), 2);
  assert.match(await page.locator('.row.incoming').first().innerText(), /step 2/);
  await bot.call('deleteMessage', { chat_id: anna.id, message_id });
  await steps.gone(page, 'step 2 of 3');
  assert.equal(await page.locator('.row.incoming').count(), 1);
  await steps.close(page);
});

test('The list stays at its end, and doesn’t jump for whoever reads above', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  const sent = [];
  for (let n = 0; n < 40; n += 1) sent.push(await bot.send(anna, `line ${n}.\n`.repeat(2)));
  await steps.fromBot(page, 'line 39.');
  const box = page.locator('.timeline');
  const left = () => box.evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight);
  assert.ok((await left()) < 2, 'the newest message is in view');

  await box.evaluate((it) => it.scrollTo(0, it.scrollHeight / 2));
  await page.locator('.to-end').waitFor();
  const topOf = (text) =>
    page.evaluate((wanted) => {
      const rows = [...document.querySelectorAll('.row')];
      return rows.find((row) => row.textContent.includes(wanted)).getBoundingClientRect().top;
    }, text);
  const before = await topOf('line 24.');
  const { message_id } = sent[2];
  await bot.call('editMessageText', { chat_id: anna.id, message_id, text: 'grown\n'.repeat(9) });
  await bot.send(anna, 'meanwhile');
  await page.locator('.badge', { hasText: '1' }).waitFor();
  assert.ok(Math.abs((await topOf('line 24.')) - before) < 2, 'what is read stays where it was');

  await page.locator('.to-end').click();
  await page.locator('.to-end').waitFor({ state: 'hidden' });
  await bot.send(anna, 'the last');
  await steps.fromBot(page, 'the last');
  assert.ok((await left()) < 2, 'it is at the end again');
  await steps.close(page);
});

test('Formatting is shown, and nothing else of it gets in', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  const text =
    '<b>bold</b> <i>slanted</i> <u>under</u> <s>struck</s> <code>code</code> ' +
    '<a href="https://example.com/">link</a> <tg-spoiler>secret</tg-spoiler> /help\n' +
    '<blockquote>quoted</blockquote><pre>a  b</pre>&lt;img src=x onerror="window.broken = 1"&gt;';
  await bot.send(anna, text, { parse_mode: 'HTML' });
  const row = await steps.fromBot(page, 'bold');
  for (const [tag, words] of Object.entries({
    b: 'bold',
    i: 'slanted',
    u: 'under',
    s: 'struck',
    code: 'code',
    a: 'link',
    blockquote: 'quoted',
    pre: 'a  b',
  })) {
    assert.equal(await row.locator(`.text ${tag}`).first().innerText(), words, tag);
  }
  assert.equal(await row.locator('.text a').getAttribute('rel'), 'noopener noreferrer');
  assert.equal(await row.locator('.text img').count(), 0);
  assert.match(await row.innerText(), /<img src=x/);
  assert.equal(await page.evaluate(() => window.broken), undefined);

  const spoiler = row.locator('.spoiler');
  await spoiler.click();
  await row.locator('.spoiler-shown', { hasText: 'secret' }).waitFor();

  await row.locator('.command-link', { hasText: '/help' }).click();
  await bot.said(anna, '/help');
  await steps.close(page);
});

test('Not even a hostile sandbox gets its own HTML into the page', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  const html =
    '<b onclick="broken = 1">kept</b><img src="x" onerror="broken = 1"><script>broken = 1</script>' +
    '<a href="javascript:broken = 1">link</a><iframe src="/"></iframe><style>* { color: red }</style>';
  await page.route(new RegExp(`/sandbox/chat.*person=${anna.id}$`), async (route) => {
    const answer = await route.fetch();
    const chat = await answer.json();
    chat.messages[0].html = html;
    await route.fulfill({ json: chat });
  });
  await page.reload();
  const row = await steps.fromMe(page, 'kept');
  const inside = await row.locator('.text').evaluate((it) => it.innerHTML);
  assert.match(inside, /^<b>kept<\/b>/);
  assert.doesNotMatch(inside, /onclick|img|<script|javascript|iframe|<style/);
  await steps.close(page);
});

test('It tells that the bot is typing until a message comes', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  await bot.call('sendChatAction', { chat_id: anna.id, action: 'upload_photo' });
  await page.locator('.head-line.acting', { hasText: 'sending a photo' }).waitFor();
  await bot.send(anna, 'here');
  await page.locator('.head-line', { hasText: /^bot$/ }).waitFor();
  await steps.close(page);
});

test('Commands are offered, filtered by what is typed, and chosen by keys', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const commands = [
    { command: 'start', description: 'Begin' },
    { command: 'balance', description: 'What is left' },
    { command: 'ban', description: 'Nobody' },
  ];
  await bot.call('setMyCommands', { commands });
  const page = await steps.openAs(browser, anna);
  const shown = page.locator('.command');
  await steps.button(page, 'Commands').click();
  await shown.first().waitFor();
  await steps.button(page, 'Commands').click();
  await shown.first().waitFor({ state: 'hidden' });
  await steps.button(page, 'Commands').click();
  await shown.first().waitFor();
  assert.equal(await shown.count(), 3);
  await page.keyboard.type('/ba');
  await shown.nth(2).waitFor({ state: 'detached' });
  assert.deepEqual(await shown.locator('b').allInnerTexts(), ['/balance', '/ban']);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await bot.said(anna, '/ban');
  assert.equal(await page.locator('.composer textarea').inputValue(), '');
  await steps.close(page);
});

test(
  'A keyboard of the bot stands under the text and goes when it is taken away',
  needsBot,
  async () => {
    const anna = await bot.meet('Anna');
    const page = await steps.openAs(browser, anna);
    const keyboard = [[{ text: 'Menu' }, { text: 'Help' }], [{ text: 'Once' }]];
    await bot.send(anna, 'choose', { reply_markup: { keyboard, resize_keyboard: true } });
    await steps.pressReply(page, 'Help');
    await bot.said(anna, 'Help');
    const shown = page.locator('.reply-keyboard');
    await steps.button(page, 'Hide the bot’s keyboard').click();
    await shown.waitFor({ state: 'hidden' });
    await steps.button(page, 'Show the bot’s keyboard').click();
    await shown.waitFor();
    const once = { keyboard: [[{ text: 'Only now' }]], one_time_keyboard: true };
    await bot.send(anna, 'once', { reply_markup: once });
    await steps.pressReply(page, 'Only now');
    await bot.said(anna, 'Only now');
    await shown.waitFor({ state: 'hidden' });
    await bot.send(anna, 'gone', { reply_markup: { remove_keyboard: true } });
    await steps.button(page, 'Show the bot’s keyboard').waitFor({ state: 'hidden' });
    await steps.close(page);
  },
);

test('What can’t be sent says why and can be tried again', needsBot, async () => {
  const anna = await steps.newPerson('Anna');
  const page = await steps.openAs(browser, anna);
  const refusal = { status: 400, json: { error: 'The line is cut.' } };
  await page.route('**/sandbox/say', (route) => route.fulfill(refusal), { times: 1 });
  await steps.say(page, 'hello');
  const line = page.locator('.failure', { hasText: 'The line is cut.' });
  await steps.button(line, 'Try again').click();
  await bot.said(anna, 'hello');
  assert.equal(await page.locator('.failure').count(), 0);
  await steps.close(page);
});
