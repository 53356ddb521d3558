// Pictures in a style: made, looked through, fetched and deleted, in a browser.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';

import * as journey from './journey.mjs';
import { en } from './journey.mjs';
import { archived } from './opened.mjs';
import {
  album,
  download,
  fits,
  isPicture,
  menuBelow,
  ratios,
  tap,
  turn,
  turnBy,
} from './pictures.mjs';
import { needsProduct } from './program.mjs';
import * as steps from './steps.mjs';

const browser = await steps.browserFor(needsProduct);

// The four of one order are numbered on from one seed.
async function seedOf(card) {
  return Number(/Seed: (\d+)/.exec(await card.innerText())[1]);
}

// Files as what can be compared and still be read when they differ.
const digestOf = (bytes) => createHash('sha256').update(bytes).digest('hex');
const digests = (files) => files.map(({ name, bytes }) => [name, digestOf(bytes)]);

test('Four in a style, their originals, an archive, and one deleted', needsProduct, async () => {
  const anna = await steps.newPerson('Anna');
  const page = await steps.openAs(browser, anna);
  await journey.trained(page, en, 'Eileen', 'Fast');
  await tap(page, 'Make pictures', 'what shall be in the picture?');
  await steps.shot(page, 'pictures-1-categories');
  await tap(page, 'City', 'Which style shall Eileen try on?');
  await tap(page, 'City lights at night', 'Wet asphalt');
  await tap(page, 'Choose this one', 'Price: 3 credits');
  await tap(page, '× 4', 'Price: 12 credits. You have 40, 28 will be left');
  await steps.shot(page, 'pictures-2-order');
  const percents = await journey.watchPercents(page);
  await tap(page, 'Make · 12 credits', 'making pictures (4)');
  await page.waitForFunction(() => window.percents.length > 0);
  await steps.shot(page, 'pictures-3-making');
  const made = await album(page, '4 pictures are ready', 4);
  assert.match(await made.innerText(), /Charged: 12 credits/);
  const seen = await percents();
  assert.ok(seen.length > 1, `it moved: ${seen}`);
  assert.deepEqual(seen, seen.toSorted((one, other) => one - other), 'it never went back');
  for (const { own, shown } of await ratios(made)) {
    assert.ok(Math.abs(own - 896 / 1152) < 0.01, `as it was ordered: ${own}`);
    assert.ok(Math.abs(own - shown) < 0.02, `not distorted or cut: ${shown}`);
  }
  await made.locator('.opener').nth(3).click();
  const box = page.locator('.lightbox');
  await steps.isShown(box.locator('img'));
  assert.equal(await box.locator('.lightbox-count').innerText(), '4 / 4');
  await steps.shot(page, 'pictures-4-alone');
  await page.keyboard.press('Escape');

  const originals = await download(await tap(page, 'Originals as files', 'Here are the originals'));
  assert.equal(originals.length, 4);
  for (const it of originals) isPicture(it, 896, 1152);
  await steps.shot(page, 'pictures-5-originals');
  await tap(page, 'Gallery', 'Gallery: 4');
  const card = await turnBy(page, '1');
  assert.match(await card.innerText(), /Eileen ·[\s\S]*City lights at night[\s\S]*896×1152/);
  await tap(page, '☆ Add to favourites', 'it is kept for good');
  await steps.shot(page, 'pictures-6-card');
  const again = await tap(page, 'Original as a file', 'Here is the original:');
  // The newest stands first in the gallery, and last in its album.
  assert.deepEqual(digests(await download(again)), digests([originals[3]]));
  await turnBy(page, '‹ Back');

  await tap(page, 'Choose several', 'Chosen: 0');
  await tap(page, '1', 'Chosen: 1');
  await tap(page, '3', 'Chosen: 2');
  await steps.shot(page, 'pictures-7-chosen');
  const [archive] = await download(await tap(page, 'As a ZIP: 2', 'The archive is ready'));
  assert.match(archive.name, /\.zip$/);
  const packed = archived(archive.bytes);
  assert.deepEqual(digests(packed), digests([originals[3], originals[1]]));
  await menuBelow(page);
  await steps.shot(page, 'pictures-8-archive');

  await turnBy(page, '1');
  await tap(page, 'Repeat', 'Price: 12 credits. You have 28, 16 will be left');
  await tap(page, 'Make · 12 credits', 'making pictures (4)');
  await album(page, '4 pictures are ready', 4);
  await tap(page, 'Gallery', 'Gallery: 8');
  await steps.shot(page, 'pictures-9-gallery');
  await fits(page);
  await turnBy(page, 'Older ›');
  await steps.shot(page, 'pictures-10-older');
  // Whoever turns pages with the keyboard needn't look for it.
  assert.equal(await page.evaluate(() => document.activeElement.textContent), '‹ Newer');
  await turn(page, () => page.keyboard.press('Enter'));
  const newest = await seedOf(await turnBy(page, '1'));
  await tap(page, 'Delete', 'Delete this for good?');
  const left = await turnBy(page, 'Yes, delete it for good');
  assert.match(await left.innerText(), /Deleted for good[\s\S]*Gallery: 7/);
  await steps.shot(page, 'pictures-11-deleted');
  assert.equal(await seedOf(await turnBy(page, '1')), newest - 1);
  await fits(page);
  await steps.close(page);
});
