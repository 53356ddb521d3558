// The avatar journey as customers walk it, in the words that the product says to them.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import * as steps from './steps.mjs';

// Photos of Eileen Collins by NASA, in the public domain: scikit-image's `astronaut.png`, cropped,
// lit, tilted, and for some of them spoilt.
const FOLDER = fileURLToPath(new URL('../fixtures/photos/', import.meta.url));
const names = readdirSync(FOLDER).filter((it) => it.startsWith('portrait-'));
export const portraits = names.sort().map((it) => FOLDER + it);
const SPOILT = ['bad-no-face', 'bad-small', 'bad-two-faces'];
export const unfit = SPOILT.map((it) => `${FOLDER}${it}.jpg`);

// How long looking at photos, a training, or a start may take on a busy machine.
const PATIENCE = { timeout: 90_000 };

// What customers read and press, in the languages that the journeys are told in.
export const en = {
  hello: 'Hello',
  terms: 'I agree to the terms',
  consent: 'photos of people',
  photos: 'I agree, you may work with my photos',
  home: 'what shall we do?',
  create: 'Create an avatar',
  kinds: 'What shall I learn?',
  portrait: 'Portrait',
  about: 'Learns one person',
  choose: 'Choose this one',
  subjects: 'Who or what is in the photos?',
  woman: 'Woman',
  named: 'What is the avatar called?',
  desk: 'send the photos',
  fit: (usable, count) => `Fit for training: ${usable} of ${count} `,
  looking: 'Looking at',
  go: 'Continue',
  qualities: 'which quality?',
  price: 'Price:',
  start: 'Start for',
  running: 'is training',
  ready: (name) => `${name} is ready!`,
  card: 'State: ready',
  menu: 'Main menu',
  balance: 'Balance',
  have: (credits) => `You have ${credits} credits`,
};

export const ru = {
  hello: 'Здравствуйте',
  terms: 'Принимаю условия',
  consent: 'фотографии людей',
  photos: 'Даю согласие на работу с фото',
  home: 'чем займёмся?',
  create: 'Создать аватар',
  kinds: 'Чему мне научиться?',
  portrait: 'Портрет',
  about: 'Запоминает лицо одного человека',
  choose: 'Выбрать',
  subjects: 'Кто или что на фотографиях?',
  woman: 'Женщина',
  named: 'Как назовём аватар?',
  desk: 'пришлите фотографии',
  fit: (usable, count) => `Подходят для обучения: ${usable} из ${count} `,
  looking: 'Смотрю',
  go: 'Продолжить',
  qualities: 'какое качество?',
  price: 'Цена:',
  start: 'Начать за',
  running: 'идёт обучение',
  ready: (name) => `${name}: аватар готов!`,
  card: 'Состояние: готов',
  menu: 'Главное меню',
  balance: 'Баланс',
  have: (credits) => `У вас ${credits} кредитов`,
};

// Presses a button and waits for what it brings.
export async function go(page, button, words) {
  await steps.press(page, button);
  return steps.fromBot(page, words);
}

// From the first word to the main menu, through both agreements.
export async function join(page, say) {
  await steps.start(page);
  await steps.fromBot(page, say.hello);
  await go(page, say.terms, say.consent);
  await go(page, say.photos, say.home);
}

// From the main menu to the desk that waits for photos.
export async function draft(page, say, name) {
  await go(page, say.create, say.kinds);
  await go(page, say.portrait, say.about);
  await go(page, say.choose, say.subjects);
  await go(page, say.woman, say.named);
  await steps.say(page, name);
  await steps.fromBot(page, `${name}: ${say.desk}`);
}

// Waits until each photo has its verdict, and gives the desk's message.
export async function judged(page, say, usable, count) {
  const done = { hasText: say.fit(usable, count), hasNotText: say.looking };
  const desk = page.locator('.row.incoming').filter(done).last();
  await desk.waitFor(PATIENCE);
  return desk;
}

// From judged photos to a training that runs.
export async function begin(page, say, quality) {
  await go(page, say.go, say.qualities);
  await go(page, quality, say.price);
  await go(page, say.start, say.running);
}

export async function ready(page, say, name) {
  const told = page.locator('.row.incoming', { hasText: say.ready(name) });
  await told.waitFor(PATIENCE);
  await page.locator('.row.incoming', { hasText: say.card }).last().waitFor();
  return told;
}

// From the first word to the card of an avatar that can make pictures.
export async function trained(page, say, name, quality) {
  await join(page, say);
  await draft(page, say, name);
  await steps.sendAlbum(page, portraits.slice(0, 5));
  await judged(page, say, 5, 5);
  await begin(page, say, quality);
  await ready(page, say, name);
}

// Opens the balance from wherever the person is, and gives what it says.
export async function balance(page, say) {
  await go(page, say.menu, say.home);
  const row = await go(page, say.balance, '+100');
  return row.innerText();
}

// The words of the newest message from the bot.
export const newest = (page) => page.locator('.row.incoming .text').last().innerText();

// What a press of the newest such button tells the bot, to be told again later.
export async function pressOf(page, person, text) {
  const [bot, key] = [await steps.botNamed(), page.locator('.key', { hasText: text }).last()];
  const [message_id, data] = (await key.getAttribute('data-press')).split(' ');
  return { bot: bot.id, person: person.id, message_id: Number(message_id), data, forged: true };
}

// Writes down every percentage that the page shows, in the order of showing.
export async function watchPercents(page) {
  await page.evaluate(() => {
    window.percents = [];
    const look = () => {
      const shown = document.querySelector('.rows').innerText.match(/(\d+)\s?%/);
      if (shown && Number(shown[1]) !== window.percents.at(-1)) {
        window.percents.push(Number(shown[1]));
      }
    };
    new MutationObserver(look).observe(document.querySelector('.rows'), {
      childList: true,
      subtree: true,
      characterData: true,
    });
  });
  return () => page.evaluate(() => window.percents);
}

// Drops files onto the chat, as from a folder beside the window.
export async function drop(page, paths) {
  const given = paths.map((it) => [it.split('/').at(-1), readFileSync(it).toString('base64')]);
  const dataTransfer = await page.evaluateHandle((files) => {
    const carried = new DataTransfer();
    for (const [name, encoded] of files) {
      const bytes = Uint8Array.from(atob(encoded), (it) => it.charCodeAt(0));
      carried.items.add(new File([bytes], name, { type: 'image/jpeg' }));
    }
    return carried;
  }, given);
  const talk = page.locator('.talk');
  await talk.dispatchEvent('dragenter', { dataTransfer });
  await talk.dispatchEvent('drop', { dataTransfer });
  await page
    .locator('.attach .preview')
    .nth(paths.length - 1)
    .waitFor();
}
