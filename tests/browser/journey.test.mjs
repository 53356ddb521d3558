// The whole product, from the first word to an avatar, in a browser.

import assert from 'node:assert/strict';
import test from 'node:test';

import * as journey from './journey.mjs';
import { en, portraits, ru, unfit } from './journey.mjs';
import { needsProduct } from './program.mjs';
import * as steps from './steps.mjs';

const browser = await steps.browserFor(needsProduct);

test('An album is dropped, judged and paid for, and becomes an avatar', needsProduct, async () => {
  const anna = await steps.newPerson('Anna');
  const page = await steps.openAs(browser, anna);
  await journey.join(page, en);
  assert.match(await journey.newest(page), /You have 100 credits/);
  await steps.shot(page, 'anna-1-menu');
  await journey.draft(page, en, 'Eileen');

  await journey.drop(page, [...portraits, ...unfit]);
  await steps.sendChosen(page, 'media');
  const desk = await journey.judged(page, en, 8, 11);
  await steps.shot(page, 'anna-2-judged');
  const verdicts = await desk.innerText();
  assert.match(verdicts, /Good: #1–8/);
  assert.match(verdicts, /#9: no face found/);
  assert.match(verdicts, /#10: too small/);
  assert.match(verdicts, /#11: several faces/);

  await journey.go(page, 'Remove the 3 that don’t fit', 'Removed 3 photos');
  await journey.judged(page, en, 8, 8);
  await journey.go(page, en.go, en.qualities);
  const price = await journey.go(page, 'Balanced', en.price);
  assert.match(await price.innerText(), /80 credits. You have 100, 20 will be left/);
  await steps.shot(page, 'anna-3-price');
  const percents = await journey.watchPercents(page);
  await journey.go(page, 'Start for 80 credits', en.running);
  await steps.shot(page, 'anna-4-training');

  const told = await journey.ready(page, en, 'Eileen');
  assert.match(await told.innerText(), /Charged: 80 credits/);
  await steps.shot(page, 'anna-5-ready');
  assert.equal(await page.locator('.row', { hasText: en.running }).count(), 0);
  const seen = await percents();
  assert.ok(seen.length > 1, `it moved: ${seen}`);
  assert.deepEqual(seen, [...seen].sort((one, other) => one - other), 'it never went back');

  const said = await journey.balance(page, en);
  assert.match(said, /You have 20 credits/);
  assert.match(said, /−80\s+training of Eileen/);
  assert.match(said, /\+100\s+welcome gift/);
  await steps.shot(page, 'anna-6-balance');
  await journey.go(page, 'Main menu', en.home);
  await journey.go(page, 'My avatars', 'Your avatars');
  const card = await journey.go(page, '★ Eileen', en.card);
  assert.match(await card.innerText(), /Portrait · Woman[\s\S]*Photos: 8[\s\S]*Trainings: 1/);
  await steps.shot(page, 'anna-7-avatar');
  await steps.close(page);
});

test('Files from a phone, a training that is stopped, and all deleted', needsProduct, async () => {
  const boris = await steps.newPerson('Борис', 'ru');
  const page = await steps.openAs(browser, boris, {
    viewport: steps.phone,
    colorScheme: 'dark',
    locale: 'ru-RU',
  });
  await journey.join(page, ru);
  await journey.draft(page, ru, 'Айлин');
  await steps.sendFiles(page, [...portraits.slice(0, 5), unfit[0]]);
  const desk = await journey.judged(page, ru, 5, 6);
  assert.match(await desk.innerText(), /№ 6: не видно лица/);
  await steps.shot(page, 'boris-1-judged');
  await journey.go(page, 'Убрать неподходящее', 'Убрано фото: 1');
  await journey.judged(page, ru, 5, 5);
  await journey.begin(page, ru, 'Лучшее качество');
  await steps.shot(page, 'boris-2-training');

  await journey.go(page, 'Остановить обучение', 'остановить обучение?');
  await steps.press(page, 'Да, остановить');
  const stopped = await steps.fromBot(page, 'Возвращено 100 кредитов');
  assert.match(await stopped.innerText(), /Айлин: обучение остановлено/);
  await steps.fromBot(page, 'Состояние: обучение остановлено');
  await steps.shot(page, 'boris-3-stopped');
  const said = await journey.balance(page, ru);
  assert.match(said, /У вас 100 кредитов/);
  assert.doesNotMatch(said, /Отложено/);
  await steps.shot(page, 'boris-4-balance');

  await steps.say(page, '/delete_me');
  const asked = await steps.fromBot(page, 'Удалить всё о вас?');
  assert.match(await asked.innerText(), /Пропадут 100 кредитов/);
  await steps.press(page, 'Да, удалить всё');
  const receipt = await steps.fromBot(page, 'Подтверждение: ваши данные удалены');
  // The one that was removed is counted too: it was kept until now.
  assert.match(await receipt.innerText(), /Аватаров: 1\s+Фото: 6/);
  await steps.shot(page, 'boris-5-receipt');
  await steps.say(page, '/avatars');
  const again = page.locator('.row.incoming').last().filter({ hasText: ru.hello });
  await again.waitFor();
  assert.match(await again.innerText(), /Принимаю условия/);
  // The welcome gift is given once.
  assert.doesNotMatch(await again.innerText(), /дарим/);
  await steps.close(page);
});

test('An old button shows the current menu; ten presses begin once', needsProduct, async () => {
  const anna = await steps.newPerson('Anna');
  const page = await steps.openAs(browser, anna);
  await journey.join(page, en);
  const old = await journey.pressOf(page, anna, 'Language');
  await journey.draft(page, en, 'Eileen');
  await steps.tell('/sandbox/press', old);
  const row = await steps.fromBot(page, 'That menu is out of date');
  assert.match(await row.innerText(), /Eileen: send the photos/);
  await steps.shot(page, 'old-1-answer');

  await steps.sendAlbum(page, portraits.slice(0, 5));
  await journey.judged(page, en, 5, 5);
  await journey.go(page, en.go, en.qualities);
  await journey.go(page, 'Fast', en.price);
  const press = await journey.pressOf(page, anna, en.start);
  await Promise.all(Array.from({ length: 10 }, () => steps.tell('/sandbox/press', press)));
  await journey.ready(page, en, 'Eileen');
  const said = await journey.balance(page, en);
  assert.match(said, /You have 40 credits/);
  assert.equal(said.match(/training/g).length, 1);
  await steps.close(page);
});

test('Two people at once have each their own photos and credits', needsProduct, async () => {
  const walk = async (say, person, name, photos, quality, look) => {
    const page = await steps.openAs(browser, person, look);
    await journey.join(page, say);
    await journey.draft(page, say, name);
    await steps.sendAlbum(page, photos);
    await journey.judged(page, say, photos.length, photos.length);
    await journey.begin(page, say, quality);
    const told = await journey.ready(page, say, name);
    const all = await page.locator('.rows').innerText();
    return { page, told: await told.innerText(), all, balance: await journey.balance(page, say) };
  };
  const [anna, boris] = [await steps.newPerson('Anna'), await steps.newPerson('Борис', 'ru')];
  const look = { viewport: steps.phone, locale: 'ru-RU' };
  const [one, other] = await Promise.all([
    walk(en, anna, 'Ada', portraits.slice(0, 6), 'Fast', {}),
    walk(ru, boris, 'Ева', portraits.slice(1, 8), 'Оптимально', look),
  ]);
  assert.match(one.told, /Charged: 60 credits/);
  assert.match(other.told, /Списано 80 кредитов/);
  assert.match(one.balance, /You have 40 credits/);
  assert.match(other.balance, /У вас 20 кредитов/);
  assert.doesNotMatch(one.all + one.balance, /Ева|Борис/);
  assert.doesNotMatch(other.all + other.balance, /Ada|Anna/);
  await steps.close(one.page);
  await steps.close(other.page);
});
