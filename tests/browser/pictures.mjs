// Pictures as customers make them, look through them and fetch them.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { pictureIn } from './opened.mjs';
import * as steps from './steps.mjs';

// How long making, sending and packing may take on a busy machine.
const PATIENCE = { timeout: 60_000 };

// Presses the newest button that reads exactly so, and waits for what it brings.
export async function tap(page, name, words) {
  await steps.button(page.locator('.key-row'), name).last().click();
  const row = page.locator('.row.incoming', { hasText: words }).last();
  await row.waitFor(PATIENCE);
  return row;
}

// The album that says so, once all of its pictures are seen.
export async function album(page, words, count) {
  const row = page.locator('.row.incoming', { hasText: words, has: page.locator('.album') }).last();
  const cells = row.locator('.cell img');
  await cells.nth(count - 1).waitFor(PATIENCE);
  assert.equal(await cells.count(), count);
  for (const cell of await cells.all()) await steps.isShown(cell);
  return row;
}

// How each picture of a row is in itself and on the page: the width for a height of one.
export function ratios(row) {
  return row.locator('img').evaluateAll((images) =>
    images.map((it) => ({
      own: it.naturalWidth / it.naturalHeight,
      shown: it.clientWidth / it.clientHeight,
    })),
  );
}

// The menu with a picture, once it is the newest of all: it comes again below what was sent.
export async function menuBelow(page) {
  const row = page.locator('.row:last-child', { has: page.locator('.visual + .text') });
  await row.locator('.key').first().waitFor(PATIENCE);
  await steps.isShown(row.locator('img'));
  return row;
}

// Does what makes the picture of the menu another one, and waits until the same message shows it.
export async function turn(page, act) {
  const row = await menuBelow(page);
  const there = await row.elementHandle();
  const before = await row.locator('img').getAttribute('src');
  await act(row);
  await page.waitForFunction(
    ([it, src]) => ![undefined, src].includes(it.querySelector('img')?.getAttribute('src')),
    [there, before],
  );
  assert.ok(await there.evaluate((it) => it.isConnected), 'the message was edited, not sent anew');
  await menuBelow(page);
  const [{ own, shown }] = await ratios(row);
  assert.ok(Math.abs(own / shown - 1) < 0.02, `the picture is shown whole: ${own}, ${shown}`);
  return row;
}

// The same by a button that reads exactly so.
export const turnBy = (page, name) => turn(page, (row) => steps.button(row, name).click());

// Takes the files that a message carries by their links, as a person does.
export async function download(row) {
  const files = [];
  for (const file of await row.locator('.file').all()) {
    const link = file.locator('.file-name');
    const [got] = await Promise.all([row.page().waitForEvent('download'), link.click()]);
    const bytes = await readFile(await got.path());
    const kilobytes = Math.round(bytes.length / 1024);
    assert.match(await file.locator('.file-facts').innerText(), new RegExp(`^${kilobytes}\\s`));
    files.push({ name: got.suggestedFilename(), bytes });
  }
  return files;
}

export function isPicture({ name, bytes }, width, height) {
  assert.match(name, /^[\w-]+\.jpg$/);
  assert.deepEqual(pictureIn(bytes), { kind: 'jpeg', width, height });
}

// Nothing can be moved aside, and no picture or button reaches beyond the page.
export async function fits(page) {
  const tooWide = await page.evaluate(() => {
    const root = document.documentElement;
    const boxes = [root, ...document.querySelectorAll('.talk, .timeline')];
    const moved = boxes.filter((it) => it.scrollWidth > it.clientWidth);
    const parts = document.querySelectorAll('.rows img, .rows .key, .rows .file');
    const beyond = [...parts].filter((it) => {
      const { left, right } = it.getBoundingClientRect();
      return left < 0 || right > root.clientWidth;
    });
    return [...moved, ...beyond].map((it) => it.className || it.tagName);
  });
  assert.deepEqual(tooWide, []);
}
