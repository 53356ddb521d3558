// A talking video as those order it who watch what becomes of it, and an ffmpeg that can be held.

import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { tap } from './pictures.mjs';
import * as steps from './steps.mjs';

// However quick the machine is, there is a middle of putting a video together: an ffmpeg that waits
// with what it would write for customers as long as it is held.
export function holdable(folder) {
  const hold = join(folder, 'hold');
  const path = join(folder, 'ffmpeg');
  const waits = `case "$*" in *libx264*) while [ -e '${hold}' ]; do sleep 0.1; done ;; esac`;
  writeFileSync(path, `#!/bin/sh\n${waits}\nexec ffmpeg "$@"\n`);
  chmodSync(path, 0o755);
  return { path, hold: () => writeFileSync(hold, ''), release: () => rmSync(hold) };
}

// Presses the newest button that begins so, and waits for what it brings.
export async function key(page, name, words) {
  await page.locator('.key', { hasText: name }).last().click();
  await steps.fromBot(page, words);
}

// From the first screen to the price of a video.
export async function compose(page) {
  await tap(page, 'Make a talking video', 'Choose a person and a voice');
  await tap(page, 'A person who talks', 'Who shall speak?');
  await tap(page, 'Woman', 'Who shall it be?');
  await key(page, '1. ', 'Suggested voice');
  await key(page, 'Choose this one', 'Whose voice shall it be?');
  await key(page, 'Sofia', 'What shall be said?');
  await steps.say(page, 'Our shoes are light as air. Come and try them on today!');
  await steps.fromBot(page, 'Our shoes are light as air');
  await key(page, 'Speak it', 'Have a listen');
  await key(page, 'This is good, go on', 'Price:');
}
