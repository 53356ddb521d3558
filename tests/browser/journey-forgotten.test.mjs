// Everything in one process is killed in the middle of a training: the made-up fal forgets its runs,
// and only what the program and the made-up Telegram have kept is left.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';

import { check, end, freePorts, launch, needsProduct, program } from './program.mjs';

const folder = mkdtempSync(join(tmpdir(), 'atelier-forgotten.'));
const data = join(folder, 'data');

const port = program && (await freePorts());
if (port) process.env.ATELIER_URL = `http://127.0.0.1:${port + 1}`;
// The steps look for the page when they are loaded.
const steps = await import('./steps.mjs');
const journey = await import('./journey.mjs');
const { en, portraits } = journey;

const environment = { FAL_MOCK_TRAINING_DURATION: '600' };
const start = () => launch(program, ['--data', data, '--port', port], { environment });
let browser;
let running;

after(async () => {
  await browser?.close();
  if (running) await end(running);
  rmSync(folder, { recursive: true });
});

test('What a world that forgot can’t finish is paid back', needsProduct, async () => {
  running = await start();
  browser = await steps.openBrowser();
  // One of those who are there at every start, with the same id.
  const anna = { id: 501, first_name: 'Anna' };
  const first = await steps.openAs(browser, anna);
  await journey.join(first, en);
  await journey.draft(first, en, 'Eileen');
  await steps.sendAlbum(first, portraits.slice(0, 5));
  await journey.judged(first, en, 5, 5);
  await journey.begin(first, en, 'Best quality');
  await first.locator('.row.incoming', { hasText: '%' }).waitFor();
  await steps.close(first);
  await end(running, 'SIGKILL');
  await check(data);

  running = await start();
  const page = await steps.openAs(browser, anna);
  await steps.say(page, '/start');
  const home = await steps.fromBot(page, '100 more credits are set aside');
  assert.match(await home.innerText(), /You have 0 credits.\s+100 more credits are set aside/);
  await steps.shot(page, 'forgotten-1-back');
  await journey.go(page, 'Eileen is training', 'Set aside: 100 credits');
  await journey.go(page, 'Stop the training', 'Stop training Eileen?');
  await steps.press(page, 'Yes, stop it');
  await steps.fromBot(page, 'Returned: 100 credits');
  await steps.fromBot(page, 'State: the training was stopped');
  await steps.shot(page, 'forgotten-2-returned');
  assert.match(await journey.balance(page, en), /You have 100 credits/);
  await steps.close(page);
  await end(running);
  await check(data);
});
