// Everything in one process is killed while a video is put together, and started again: the chat is
// there as it was, and the video comes, once.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';

import { check, end, freePorts, launch, needsProduct, program } from './program.mjs';

const folder = mkdtempSync(join(tmpdir(), 'atelier-remembered.'));
const data = join(folder, 'data');

const port = program && (await freePorts());
if (port) process.env.ATELIER_URL = `http://127.0.0.1:${port + 1}`;
// The steps look for the page when they are loaded.
const steps = await import('./steps.mjs');
const journey = await import('./journey.mjs');
const { compose, holdable, key } = await import('./talking.mjs');

const ffmpeg = holdable(folder);
const environment = {
  ATELIER__VIDEOS__FFMPEG: ffmpeg.path,
  // Whoever held the job when it was killed is not waited for as long as usual.
  ATELIER__WORK__LEASE_SECONDS: '10',
};
const start = () => launch(program, ['--data', data, '--port', port], { environment });
let browser;
let running;

after(async () => {
  await browser?.close();
  if (running) await end(running);
  rmSync(folder, { recursive: true });
});

// What stands in the chat before the video, from its beginning.
const said = (page) => page.locator('.row .text').allInnerTexts();

test('A killed demo goes on in the same chat', needsProduct, async () => {
  running = await start();
  browser = await steps.openBrowser();
  const page = await steps.openAs(browser, await steps.newPerson('Dana'));
  await journey.join(page, journey.en);
  await compose(page);
  ffmpeg.hold();
  await key(page, 'Make the video', 'Putting the video together');
  const before = await said(page);
  await end(running, 'SIGKILL');
  ffmpeg.release();
  await check(data);
  await page.locator('.talk.lost').waitFor();

  running = await start();
  // The page comes back by itself, and the one who was made up last time is still there.
  await page.locator('.talk:not(.lost) .rows:not([aria-busy])').waitFor();
  await steps.shot(page, 'remembered-1-back');
  const video = page.locator('.row.incoming video');
  await video.waitFor({ timeout: 60_000 });
  const told = await steps.fromBot(page, 'Your video is ready');
  assert.match(await told.innerText(), /Charged: \d+ credits/);
  await page.reload();
  await video.waitFor();
  assert.equal(await video.count(), 1);
  // All but the menu, which is another one by now, is what it was.
  assert.deepEqual((await said(page)).slice(0, before.length - 1), before.slice(0, -1));
  const speech = await page.locator('.row.incoming audio').first().getAttribute('src');
  assert.equal(await page.evaluate(async (it) => (await fetch(it)).status, speech), 200);
  await steps.shot(page, 'remembered-2-video');
  await steps.close(page);
  await end(running);
  await check(data);
});
