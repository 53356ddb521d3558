// A customer writes to support, support answers in its group, and the answers come back; before
// that a result is liked or not.

import assert from 'node:assert/strict';
import test from 'node:test';

import * as journey from './journey.mjs';
import { portraits, ru } from './journey.mjs';
import { film, picture } from './made.mjs';
import { fits, tap } from './pictures.mjs';
import { needsProduct } from './program.mjs';
import * as steps from './steps.mjs';

const browser = await steps.browserFor(needsProduct);

const THANKS = 'Спасибо, сообщени';
const ANSWERED = 'Вам ответили';
const ARRIVED = 'Дошло.';

// From the main menu to an edited photo that isn't liked.
async function disliked(page) {
  await tap(page, 'Обработать фото', 'Что сделаем с фото?');
  await tap(page, 'Искусство', 'Что попробуем?');
  await page.locator('.key', { hasText: 'Карандаш' }).last().click();
  await steps.fromBot(page, 'Графитовый портрет');
  await steps.sendAlbum(page, portraits.slice(0, 1));
  await steps.fromBot(page, 'Ваше фото на месте');
  await steps.press(page, 'Обработать за');
  await tap(page, 'Нравится', 'Рады, что вам нравится');
  await steps.button(page, 'Вам нравится').last().waitFor();
  return tap(page, 'Не нравится', 'Если что-то не так, напишите');
}

// Opens the support chat as somebody at a desk does: from the list of chats.
async function desk(customer, how) {
  const page = await steps.openAs(browser, customer, how);
  const back = steps.button(page, 'К списку людей');
  if (await back.isVisible()) await back.click();
  await page.getByRole('navigation', { name: 'Группы' }).getByRole('button').click();
  await page.locator('.talk[aria-label="Support chat"]:not(.lost) .rows:not([aria-busy])').waitFor();
  return page;
}

// The newest post that shows what this customer wrote.
async function shown(page, customer, words) {
  const row = await steps.fromBot(page, words);
  assert.match(await row.innerText(), new RegExp(`${customer.first_name}, ${customer.id}, main`));
  return row;
}

async function reply(page, row) {
  await row.getByRole('button', { name: 'Ответить' }).click();
  await page.locator('.replying:not([hidden])').waitFor();
}

// What was answered stands below whom it answers, and it is said that it arrived.
async function answered(page, words, whom) {
  const own = await steps.fromMe(page, words);
  assert.match(await own.locator('.quote').innerText(), whom);
  const told = page.locator('.row.incoming', { hasText: ARRIVED });
  await told.filter({ has: page.locator('.quote', { hasText: words }) }).waitFor();
}

for (const [size, viewport] of [
  ['desktop', steps.desktop],
  ['phone', steps.phone],
]) {
  test(`Words, a photo and a video go to support and back (${size})`, needsProduct, async () => {
    const name = size === 'desktop' ? 'Дарина' : 'Марат';
    const customer = await steps.newPerson(name, 'ru');
    const how = { viewport, locale: 'ru-RU' };
    const page = await steps.openAs(browser, customer, how);
    const support = await desk(customer, how);
    const shot = (whose, what) => steps.shot(whose, `feedback-${size}-${what}`);
    await shot(support, '1-before');

    await journey.join(page, ru);
    const result = await disliked(page);
    await shot(page, '2-rated');
    await fits(page);
    await result.locator('.command-link', { hasText: '/feedback' }).click();
    await steps.fromBot(page, 'О чём хотите написать?');

    const asked = `Почему у ${name} нет улыбки?`;
    await steps.say(page, asked);
    await steps.fromBot(page, THANKS);
    let row = await shown(support, customer, asked);
    await shot(support, '3-words');
    await fits(support);
    // By the keyboard alone, and once not at all.
    const button = row.getByRole('button', { name: 'Ответить' });
    await button.focus();
    await support.keyboard.press('Enter');
    await support.locator('.replying', { hasText: name }).waitFor();
    await support.keyboard.press('Escape');
    await support.locator('.replying').waitFor({ state: 'hidden' });
    await reply(support, row);
    await shot(support, '4-replying');
    await fits(support);
    await steps.say(support, `Это портрет, ${name}`);
    await answered(support, `Это портрет, ${name}`, new RegExp(`${name}, ${customer.id}`));
    await steps.fromBot(page, `Это портрет, ${name}`);
    await steps.fromBot(page, ANSWERED);
    await shot(page, '5-answered');

    await steps.press(page, 'Ответить');
    await steps.fromBot(page, 'Ваш ответ');
    await steps.sendAlbum(page, [picture('smile.png', 320, 240)], `Вот так, ${name}`);
    row = await shown(support, customer, `Вот так, ${name}`);
    await steps.isShown(row.locator('img'));
    assert.match(await row.locator('.quote').innerText(), /Support\s+Это портрет/);
    await reply(support, row);
    await steps.sendAlbum(support, [picture('same.png', 240, 320)], `Улыбка для ${name}`);
    await answered(support, `Улыбка для ${name}`, new RegExp(name));
    row = await steps.fromBot(page, `Улыбка для ${name}`);
    await steps.isShown(row.locator('img'));
    await shot(support, '6-photo');
    await fits(support);

    await steps.press(page, 'Ответить');
    const two = [picture('left.png', 320, 240, 3), picture('right.png', 320, 240, 9)];
    await steps.sendAlbum(page, two, `И так, ${name}`);
    row = await shown(support, customer, `И так, ${name}`);
    await row.locator('.album .cell img').nth(1).waitFor();
    assert.equal(await row.locator('.cell img').count(), 2);
    await shot(support, '7-album');
    await fits(support);

    await steps.sendAlbum(page, [await film(page, 'turn.webm')], `И в движении, ${name}`);
    row = await shown(support, customer, `И в движении, ${name}`);
    await row.locator('video').waitFor();
    await shot(support, '8-video');
    await reply(support, row);
    await steps.sendAlbum(support, [await film(support, 'answer.webm')], `Смотрите, ${name}`);
    await answered(support, `Смотрите, ${name}`, new RegExp(name));
    row = await steps.fromBot(page, `Смотрите, ${name}`);
    await row.locator('video').waitFor();
    await shot(page, '9-video-answered');
    await fits(page);

    // Words among colleagues reach nobody.
    await steps.say(support, `Какой человек, ${name}!`);
    await steps.fromMe(support, `Какой человек, ${name}!`);
    await shot(support, '10-after');
    await fits(support);
    assert.equal(await page.locator('.row', { hasText: 'Какой человек' }).count(), 0);
    await steps.close(support);
    await steps.close(page);
  });
}
