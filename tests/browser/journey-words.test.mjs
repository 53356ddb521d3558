// Pictures in a customer's own words, in those of a photo, and one that is kept back.

import assert from 'node:assert/strict';
import test from 'node:test';

import * as journey from './journey.mjs';
import { portraits, ru } from './journey.mjs';
import { album, fits, ratios, tap, turnBy } from './pictures.mjs';
import { needsProduct } from './program.mjs';
import * as steps from './steps.mjs';

const browser = await steps.browserFor(needsProduct);

test('In one’s own words and after a photo, on a phone', needsProduct, async () => {
  const boris = await steps.newPerson('Борис', 'ru');
  const page = await steps.openAs(browser, boris, {
    viewport: steps.phone,
    colorScheme: 'dark',
    locale: 'ru-RU',
  });
  await journey.trained(page, ru, 'Айлин', 'Быстро');
  await tap(page, 'Создать картинки', 'что будет на картинке?');
  await steps.shot(page, 'words-1-categories');
  await tap(page, 'Свои слова', 'Опишите место');
  await steps.say(page, 'на пляже [unsafe 2]');
  await steps.fromBot(page, 'Слова: на пляже');
  await tap(page, '16:9', 'Формат: 16:9');
  await tap(page, '× 3', 'Цена: 9 кредитов');
  await steps.shot(page, 'words-2-order');
  await tap(page, 'Создать за 9 кредитов', 'создаю картинки (3)');
  await steps.shot(page, 'words-3-making');
  const made = await album(page, 'Готовы 2 картинки', 2);
  assert.match(await made.innerText(), /Списано 6 кредитов[\s\S]*1 картинку не пропустила проверка/);
  for (const { own } of await ratios(made)) assert.ok(Math.abs(own - 1344 / 768) < 0.01, `${own}`);
  await steps.shot(page, 'words-4-withheld');
  await fits(page);

  await tap(page, 'Создать ещё', 'что будет на картинке?');
  await tap(page, 'По фото', 'Картинка по фото');
  await steps.sendAlbum(page, portraits.slice(0, 1));
  await steps.fromBot(page, 'Вот что на фото');
  await steps.shot(page, 'words-5-photo');
  await tap(page, 'Взять эти слова', 'Проверим перед началом');
  await tap(page, 'Улучшить слова', 'Проверим перед началом');
  await steps.button(page, 'Вернуть прежние слова').waitFor();
  await steps.shot(page, 'words-6-improved');
  await tap(page, 'Создать за 3 кредита', 'создаю картинки (1)');
  await steps.fromBot(page, 'Готова 1 картинка');
  await tap(page, 'Галерея', 'Галерея: 3');
  await steps.shot(page, 'words-7-gallery');
  await fits(page);
  await turnBy(page, '1');
  await steps.shot(page, 'words-8-card');
  await tap(page, 'Оригинал файлом', 'Вот оригинал');
  await steps.shot(page, 'words-9-original');
  await fits(page);
  await turnBy(page, '‹ Назад');
  await tap(page, 'Выбрать несколько', 'Выбрано: 0');
  await tap(page, 'Вся страница', 'Выбрано: 3');
  await tap(page, 'Удалить: 3', 'Удалить выбранное (3) навсегда?');
  await steps.press(page, 'Да, удалить');
  await steps.fromBot(page, 'В галерее пока пусто');
  await steps.shot(page, 'words-10-empty');
  const said = await journey.balance(page, ru);
  assert.match(said, /У вас 31 кредит/);
  assert.doesNotMatch(said, /Отложено/);
  await steps.shot(page, 'words-11-balance');
  await steps.close(page);
});
