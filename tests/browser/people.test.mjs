// The page around the chat: people, languages, widths, lost connections, and the unkind world.

import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import test from 'node:test';

import { botFor, needsBot } from './bot.mjs';
import * as steps from './steps.mjs';

const browser = await steps.browserFor(needsBot);
const bot = botFor(needsBot);

test('A person can be added, and who has news is marked until looked at', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  await steps.button(page, 'Add a person').click();
  const name = `Eve ${anna.id}`;
  await page.getByLabel('Name').fill(name);
  await steps.button(page, 'Add').click();
  const eve = page.locator('.person', { hasText: name });
  await page.locator('.person[aria-current]', { hasText: name }).waitFor();
  await page.locator('.empty', { hasText: name }).waitFor();

  await bot.send(anna, 'news for Anna');
  const row = page.locator(`.person[data-person="${anna.id}"]`);
  await row.locator('.dot').waitFor();
  assert.match(await row.innerText(), /news for Anna/);
  await row.click();
  await steps.fromBot(page, 'news for Anna');
  await row.locator('.dot').waitFor({ state: 'detached' });
  assert.equal(await eve.getAttribute('aria-current'), null);
  await steps.close(page);
});

test('A blocked bot can’t write, and an unblocked one can', needsBot, async () => {
  const anna = await steps.newPerson('Anna');
  const page = await steps.openAs(browser, anna);
  await steps.say(page, 'hello');
  await bot.said(anna, 'hello');
  await steps.button(page, 'Menu').click();
  await steps.button(page, 'Block the bot').click();
  const change = (state) => {
    return bot.next(
      ({ my_chat_member: it }) => it?.from.id === anna.id && it.new_chat_member.status === state,
    );
  };
  await change('kicked');
  await page.locator('.blocked').waitFor();
  assert.equal(await page.locator('.composer').isVisible(), false);
  await assert.rejects(bot.send(anna, 'are you there?'), /blocked by the user/);
  await steps.button(page, 'Unblock').click();
  await change('member');
  await page.locator('.composer').waitFor();
  await bot.send(anna, 'there you are');
  await steps.fromBot(page, 'there you are');
  await steps.close(page);
});

test('It speaks Russian to Russians, and the other language on request', needsBot, async () => {
  const anna = await steps.newPerson('Anna');
  const page = await steps.openAs(browser, anna, { locale: 'ru-RU' });
  await steps.button(page, 'Начать').waitFor();
  assert.equal(await page.getAttribute('html', 'lang'), 'ru');
  await steps.button(page, 'English').click();
  await steps.button(page, 'Start').waitFor();
  await page.reload();
  await steps.button(page, 'Start').waitFor();
  await steps.close(page);
});

test('On a phone people and the chat are two panes, and nothing sticks out', needsBot, async () => {
  const anna = await bot.meet('Константин Константинопольский');
  const page = await steps.openAs(browser, anna, { viewport: { width: 360, height: 740 } });
  const inline_keyboard = [
    [{ text: 'A button with rather a lot of words on it', callback_data: 'a' }],
    [1, 2, 3, 4, 5].map((n) => ({ text: `Option ${n}`, callback_data: `o${n}` })),
  ];
  const long = `${'word '.repeat(40)}${'unbroken'.repeat(30)}`;
  await bot.send(anna, long, { reply_markup: { inline_keyboard } });
  await steps.fromBot(page, 'unbroken');
  const sticksOut = () => {
    return page.evaluate(() => {
      const boxes = '.bubble, .key, .timeline, .head, .line';
      const isOut = (it) =>
        it.getBoundingClientRect().right > innerWidth + 0.5 ||
        (it.matches(boxes) && it.scrollWidth > it.clientWidth + 1);
      return [...document.querySelectorAll('#app *')].filter(isOut).map((it) => it.className);
    });
  };
  assert.deepEqual(await sticksOut(), []);
  assert.equal(await page.locator('.side').isVisible(), false);
  await steps.button(page, 'Back to people').click();
  await page.locator('.side').waitFor();
  assert.equal(await page.locator('.talk').isVisible(), false);
  assert.deepEqual(await sticksOut(), []);
  await page.locator(`.person[data-person="${anna.id}"]`).click();
  await steps.fromBot(page, 'unbroken');
  await steps.close(page);
});

test('Nothing is asked of other places, and every button has a name', needsBot, async () => {
  const anna = await steps.newPerson('Anna');
  const asked = [];
  const page = await steps.openAs(browser, anna);
  page.on('request', (request) => asked.push(request.url()));
  await page.reload();
  await page.locator('.start').waitFor();
  assert.deepEqual(
    asked.filter((it) => !it.startsWith(steps.url) && !it.startsWith('blob:')),
    [],
  );
  const nameless = await page.evaluate(() => {
    const isNameless = (it) => !(it.getAttribute('aria-label') ?? it.textContent).trim();
    return [...document.querySelectorAll('button, a')].filter(isNameless).map((it) => it.outerHTML);
  });
  assert.deepEqual(nameless, []);
  await steps.close(page);
});

// A road to the sandbox that can be cut and mended.
async function openRoad() {
  const target = new URL(steps.url);
  const sockets = new Set();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => sockets.delete(one));
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      isCut = false;
    },
    close() {
      this.cut();
      server.close();
    },
  };
}

test('After a lost connection it catches up with what was missed', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const road = await openRoad();
  const page = await steps.openAs(browser, anna, { at: road.url });
  const { message_id } = await bot.send(anna, 'before');
  await bot
    .send(anna, 'doomed')
    .then((it) => bot.call('deleteMessage', { chat_id: anna.id, message_id: it.message_id }));
  await steps.fromBot(page, 'before');
  road.cut();
  await page.locator('.talk.lost .head-line', { hasText: 'connecting' }).waitFor();
  await bot.call('editMessageText', { chat_id: anna.id, message_id, text: 'changed meanwhile' });
  await bot.send(anna, 'new meanwhile');
  road.mend();
  await steps.fromBot(page, 'changed meanwhile');
  await steps.fromBot(page, 'new meanwhile');
  assert.equal(await page.locator('.row.incoming').count(), 2);
  await bot.send(anna, 'live again');
  await steps.fromBot(page, 'live again');
  await steps.close(page);
  road.close();
});

test('The world can be told to misbehave', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna);
  await steps.button(page, 'The world').click();
  const telegram = page.locator('.world[data-world="telegram"]');
  await telegram.getByLabel('How many times').fill('1');
  await telegram.getByLabel('Only in Anna’s chat').check();
  await steps.button(telegram, 'Let it happen').click();
  await telegram.locator('.faults li', { hasText: '429' }).waitFor();
  await assert.rejects(bot.send(anna, 'too fast'), /Too Many Requests/);
  await bot.send(anna, 'slower');
  await steps.fromBot(page, 'slower');
  await steps.button(telegram, 'Let it happen').click();
  await steps.button(telegram, 'Clear all').click();
  await telegram.locator('.faults .none').waitFor();

  const fal = page.locator('.world[data-world="fal"]');
  await fal.getByLabel('What happens').selectOption({ label: 'fal breaks (500)' });
  await fal.getByLabel('Where').selectOption({ label: 'when work is cancelled' });
  await steps.button(fal, 'Let it happen').click();
  await fal.locator('.faults li', { hasText: 'when work is cancelled' }).waitFor();
  await steps.button(fal, 'Clear all').click();
  await fal.locator('.faults .none').waitFor();
  await page.keyboard.press('Escape');
  await steps.close(page);
});
