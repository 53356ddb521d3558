// What people do on the chat page, as steps that tests are told in. Nothing here sleeps: each step
// waits for what it needs to see.

import { after } from 'node:test';

import { chromium } from 'playwright-core';

// Where the chat page is; tests skip without it.
export const url = process.env.ATELIER_URL?.replace(/\/$/, '');

// What `test` takes as options: why it is left out, if it is.
export const needsPage = {
  skip: url ? false : 'ATELIER_URL, the address of a chat page, is not set',
};

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };

export function openBrowser() {
  return chromium.launch({ executablePath: CHROMIUM, args: QUIET });
}

// A browser for all tests of a file, or none where they are left out.
export async function browserFor({ skip }) {
  if (skip) return undefined;
  const browser = await openBrowser();
  after(() => browser.close());
  return browser;
}

async function ask(path, how = {}) {
  const answer = await fetch(url + path, how);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

// Does something in the sandbox without the page.
export function tell(path, body) {
  const headers = { 'content-type': 'application/json' };
  return ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

// Somebody new, so that no test meets what another one has left.
export function newPerson(first_name, language_code = 'en') {
  return tell('/sandbox/people', { first_name, language_code });
}

export async function botNamed(username) {
  const { bots } = await ask('/sandbox/state');
  const bot = username ? bots.find((it) => it.username === username) : bots[0];
  if (!bot) throw new Error(`no bot ${username ?? ''} in ${JSON.stringify(bots)}`);
  return bot;
}

// Opens the page as somebody, in the chat with a bot. `at` is another address of the same page.
// Whatever goes wrong inside of the page is kept in `page.faults`.
export async function openAs(browser, person, how = {}) {
  const { viewport = desktop, colorScheme = 'light', locale = 'en', username, at = url } = how;
  const bot = await botNamed(username);
  const context = await browser.newContext({ viewport, colorScheme, locale });
  const page = await context.newPage();
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(error.message));
  await page.goto(`${at}/#${bot.id}/${person.id}`);
  await page.locator('.talk:not(.lost) .rows:not([aria-busy])').waitFor();
  return page;
}

export async function close(page) {
  await page.context().close();
  if (page.faults.length > 0) throw new Error(`the page broke: ${page.faults.join('; ')}`);
}

// A button of the page by all of its name. `place` is the page or a part of it.
export function button(place, name) {
  return place.getByRole('button', { name, exact: true });
}

export async function start(page) {
  await page.locator('.start').click();
}

// Types a message and sends it with Enter; lines are parted with Shift+Enter.
export async function say(page, text) {
  const field = page.locator('.composer textarea');
  await field.focus();
  for (const [index, line] of text.split('\n').entries()) {
    if (index > 0) await page.keyboard.press('Shift+Enter');
    await page.keyboard.insertText(line);
  }
  await page.keyboard.press('Enter');
}

// The newest row whose words match; waits until there is one.
export async function message(page, text, side = '') {
  const found = page.locator(`.row${side}`).filter({ hasText: text }).last();
  await found.waitFor();
  return found;
}

export const fromBot = (page, text) => message(page, text, '.incoming');
export const fromMe = (page, text) => message(page, text, '.outgoing');

// Waits until no message has such words any more.
export async function gone(page, text) {
  await page.locator('.row').filter({ hasText: text }).first().waitFor({ state: 'detached' });
}

// Presses the newest button under a message that reads so.
export async function press(page, text) {
  await page.locator('.key', { hasText: text }).last().click();
}

// Presses a button of the keyboard under the composer.
export async function pressReply(page, text) {
  await page.locator('.reply-key', { hasText: text }).click();
}

// The toast or the dialog that a press is answered with.
export async function toast(page, text) {
  await page.locator('.toast', { hasText: text }).last().waitFor();
}

export async function closeAlert(page, text) {
  const alert = page.locator('dialog.alert', { hasText: text });
  await alert.waitFor();
  await alert.locator('button').click();
  await alert.waitFor({ state: 'detached' });
}

// Chooses files with the paperclip. `files` are paths or {name, mimeType, buffer}.
export async function choose(page, files) {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.locator('.line .icon-button').first().click(),
  ]);
  await chooser.setFiles(files);
  await page
    .locator('.attach .preview')
    .nth(files.length - 1)
    .waitFor();
}

// Sends chosen files: `way` is "media" (albums of photos, films, sounds), "document" or "voice".
export async function sendChosen(page, way, caption = '') {
  const sheet = page.locator('.attach');
  await sheet.locator(`.way input[value="${way}"]`).check({ force: true });
  if (caption) await sheet.locator('textarea').fill(caption);
  await sheet.locator('.button.primary').click();
  await sheet.waitFor({ state: 'detached' });
  await page.locator('.sending').waitFor({ state: 'detached' });
}

export async function sendAlbum(page, files, caption = '') {
  await choose(page, files);
  await sendChosen(page, 'media', caption);
}

export async function sendFiles(page, files, caption = '') {
  await choose(page, files);
  await sendChosen(page, 'document', caption);
}

// Presses the Pay button of the newest invoice and pays in the sheet.
export async function pay(page) {
  await page.locator('.key.pays').last().click();
  const sheet = page.locator('.payment');
  await sheet.locator('.button.primary').click();
  await sheet.waitFor({ state: 'detached' });
}

// Whether a picture in the page has come and could be read.
export async function isShown(picture) {
  const image = await picture.elementHandle();
  await picture.page().waitForFunction((it) => it.complete && it.naturalWidth > 0, image);
}

// Keeps a picture of the page when ATELIER_SHOTS names a folder for them.
export async function shot(page, name) {
  const folder = process.env.ATELIER_SHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}
