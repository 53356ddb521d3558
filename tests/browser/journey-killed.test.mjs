// The program is killed in the middle of a training, of making pictures and of putting a video
// together, while Telegram, fal and ElevenLabs live on.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';

import { check, end, launch, needsProduct, program, world } from './program.mjs';

const folder = mkdtempSync(join(tmpdir(), 'atelier-killed.'));
const data = join(folder, 'data');

const outside = program && (await launch(world, ['--port', '0'], { lines: 2 }));
const [origin, token] = outside?.said ?? [];
if (origin) process.env.ATELIER_URL = origin;
// The steps look for the page when they are loaded.
const steps = await import('./steps.mjs');
const journey = await import('./journey.mjs');
const { album, tap } = await import('./pictures.mjs');
const { compose, holdable, key } = await import('./talking.mjs');
const { en, portraits } = journey;

const ffmpeg = holdable(folder);
const environment = {
  TELEGRAM_BOT_TOKEN: token,
  ATELIER__TELEGRAM__API_URL: origin,
  FAL_TRAINING_TEST_MODE: 'false',
  FAL_API_KEY: 'nobody:knows',
  ATELIER__PROVIDERS__FAL__QUEUE_URL: origin,
  ATELIER__PROVIDERS__FAL__REST_URL: origin,
  ELEVEN_TEST_MODE: 'false',
  ELEVEN_API_KEY: 'nobody-knows',
  ATELIER__PROVIDERS__ELEVENLABS__API_URL: `${origin}/elevenlabs`,
  ATELIER__VIDEOS__FFMPEG: ffmpeg.path,
};
const start = () => launch(program, ['serve', '--data', data, '--port', '0'], { environment });
let browser;
let running;

after(async () => {
  await browser?.close();
  for (const it of [running, outside]) if (it) await end(it);
  rmSync(folder, { recursive: true });
});

test('A killed program goes on where it was, and nobody pays twice', needsProduct, async () => {
  running = await start();
  browser = await steps.openBrowser();
  const anna = await steps.newPerson('Anna');
  const page = await steps.openAs(browser, anna);
  await journey.join(page, en);
  await journey.draft(page, en, 'Eileen');
  await steps.sendAlbum(page, portraits);
  await journey.judged(page, en, 8, 8);
  const percents = await journey.watchPercents(page);
  await journey.begin(page, en, 'Fast');
  await page.waitForFunction(() => window.percents.length > 0);
  await end(running, 'SIGKILL');
  await check(data);

  const before = (await percents()).at(-1);
  await steps.say(page, '/avatars');
  running = await start();
  await steps.fromBot(page, 'Your avatars');
  await journey.go(page, 'Eileen · training', en.running);
  await page.waitForFunction((it) => window.percents.at(-1) > it, before);
  const told = await journey.ready(page, en, 'Eileen');
  assert.match(await told.innerText(), /Charged: 60 credits/);
  assert.equal(await page.locator('.row', { hasText: en.ready('Eileen') }).count(), 1);
  const said = await journey.balance(page, en);
  assert.match(said, /You have 40 credits/);
  assert.equal(said.match(/training/g).length, 1);

  await steps.say(page, '/pictures');
  await steps.fromBot(page, 'what shall be in the picture?');
  // It takes a little longer, so that there is a middle of it.
  await steps.say(page, 'a lighthouse at dawn [slow 4]');
  await steps.fromBot(page, 'Words: a lighthouse at dawn');
  await tap(page, '× 4', 'Price: 12 credits');
  const shown = await percents();
  await tap(page, 'Make · 12 credits', 'making pictures (4)');
  await page.waitForFunction((it) => window.percents.length > it, shown.length);
  await end(running, 'SIGKILL');
  await check(data);
  running = await start();
  await album(page, '4 pictures are ready', 4);
  await tap(page, 'Gallery', 'Gallery: 4');
  assert.equal(await page.locator('.row', { has: page.locator('.album') }).count(), 2);
  await steps.say(page, '/balance');
  const rest = await steps.fromBot(page, 'You have 28 credits');
  assert.match(await rest.innerText(), /−12\s+pictures of Eileen/);
  assert.doesNotMatch(await rest.innerText(), /set aside/);
  await steps.close(page);
  await end(running);
  await check(data);
});

test('A video whose program is killed at the end comes once', needsProduct, async () => {
  running = await start();
  browser ??= await steps.openBrowser();
  const page = await steps.openAs(browser, await steps.newPerson('Dana'));
  await journey.join(page, en);
  await compose(page);
  ffmpeg.hold();
  await key(page, 'Make the video', 'Putting the video together');
  await end(running, 'SIGKILL');
  ffmpeg.release();
  await check(data);
  running = await start();
  // Whoever held the job is waited for before another one takes it.
  const video = page.locator('.row.incoming video');
  await video.waitFor({ timeout: 180_000 });
  const told = await steps.fromBot(page, 'Your video is ready');
  assert.match(await told.innerText(), /Charged: \d+ credits/);
  assert.equal(await video.count(), 1);
  await steps.close(page);
  await end(running);
  await check(data);
});
