// Photos that are edited on the operator's own GPU, by a preset and by words.

import assert from 'node:assert/strict';
import test from 'node:test';

import * as journey from './journey.mjs';
import { portraits, ru } from './journey.mjs';
import { fits, tap } from './pictures.mjs';
import { needsProduct } from './program.mjs';
import * as steps from './steps.mjs';

const browser = await steps.browserFor(needsProduct);

for (const [size, viewport] of [
  ['desktop', steps.desktop],
  ['phone', steps.phone],
]) {
  test(`A photo is edited, and its result once more (${size})`, needsProduct, async () => {
    const person = await steps.newPerson('Лейла', 'ru');
    const page = await steps.openAs(browser, person, { viewport, locale: 'ru-RU' });
    await journey.join(page, ru);
    await tap(page, 'Обработать фото', 'Что сделаем с фото?');
    await steps.shot(page, `edits-${size}-1-categories`);
    await fits(page);
    await tap(page, 'Искусство', 'Что попробуем?');
    await steps.shot(page, `edits-${size}-2-presets`);
    await fits(page);
    const preset = page.locator('.key', { hasText: 'Карандаш' }).last();
    await preset.click();
    await steps.fromBot(page, 'Графитовый портрет');
    await steps.shot(page, `edits-${size}-3-preset`);
    await steps.sendAlbum(page, portraits.slice(0, 1));
    await steps.fromBot(page, 'Ваше фото на месте');
    await steps.shot(page, `edits-${size}-4-price`);
    await fits(page);
    await steps.press(page, 'Обработать за');
    await steps.fromBot(page, 'обрабатываю фото');
    await steps.shot(page, `edits-${size}-5-making`);
    const done = await steps.fromBot(page, 'Готово: фото обработано');
    assert.match(await done.innerText(), /Списан/);
    await steps.button(page, 'До и после').last().waitFor();
    await steps.shot(page, `edits-${size}-6-ready`);
    await steps.button(page, 'До и после').last().click();
    await steps.button(page, 'Только результат').last().waitFor();
    await steps.shot(page, `edits-${size}-7-compared`);
    await fits(page);
    await steps.button(page, 'Только результат').last().click();
    await steps.button(page, 'До и после').last().waitFor();
    await steps.button(page, '‹ Назад').last().click();
    await steps.button(page, 'Обработать дальше').last().waitFor();
    await tap(page, 'Обработать дальше', 'Обработаем это фото?');
    await tap(page, 'Времена года', 'Что попробуем?');
    await steps.shot(page, `edits-${size}-8-further`);
    await steps.close(page);
  });
}
