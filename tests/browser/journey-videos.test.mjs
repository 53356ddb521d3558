// Talking videos in both formats, played on the page and looked into with ffprobe and ffmpeg.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

import * as journey from './journey.mjs';
import { ru } from './journey.mjs';
import { fits, tap } from './pictures.mjs';
import { needsProduct } from './program.mjs';
import * as steps from './steps.mjs';

const browser = await steps.browserFor(needsProduct);

// A video passes through three programs on a machine that others use as well.
const PATIENCE = { timeout: 180_000 };

const BLUE = [0x30, 0x60, 0xc0];

// What a program prints, as bytes.
const run = (program, ...args) => execFileSync(program, args, { maxBuffer: 64 << 20 });

// A blue clip of three seconds, as an app would send it.
function clip(folder) {
  const path = join(folder, 'shop.mp4');
  const colour = 'color=c=0x3060c0:size=360x640:rate=25';
  run('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', colour, '-t', '3', '-pix_fmt', 'yuv420p', path);
  return path;
}

// The newest video of the page, as a file.
async function played(page, folder) {
  const video = page.locator('.row.incoming video').last();
  await video.waitFor();
  const length = await video.evaluate(async (it) => {
    if (it.readyState < 1) await new Promise((done) => (it.onloadedmetadata = done));
    it.muted = true;
    await it.play();
    await new Promise((done) => (it.ontimeupdate = () => it.currentTime > 0.3 && done()));
    it.pause();
    return it.duration;
  });
  const bytes = await video.evaluate(async (it) => {
    const answer = await fetch(it.currentSrc);
    return [...new Uint8Array(await answer.arrayBuffer())];
  });
  const path = join(folder, 'video.mp4');
  writeFileSync(path, Uint8Array.from(bytes));
  return { path, length };
}

// What ffprobe says: streams by kind, and how long it is.
function probed(path) {
  const said = run('ffprobe', '-v', 'error', '-of', 'json', '-show_streams', '-show_format', path);
  const { streams, format } = JSON.parse(said);
  const of = (kind) => streams.find((it) => it.codec_type === kind);
  return { video: of('video'), audio: of('audio'), seconds: Number(format.duration), format };
}

// A frame in RGB, a quarter of its size.
function frame(path, at) {
  const [width, height] = [180, 320];
  const bytes = run(
    'ffmpeg', '-v', 'error', '-ss', String(at), '-i', path, '-frames:v', '1',
    '-vf', `scale=${width}:${height}`, '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1',
  );
  assert.equal(bytes.length, width * height * 3);
  const pixel = (x, y) => [...bytes.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
  let green = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    const [r, g, b] = bytes.subarray(at, at + 3);
    if (g > 90 && g > r + 60 && g > b + 60) green += 1;
  }
  return { pixel, green, bytes };
}

// How many of some frames differ from the one before: whoever speaks moves.
function moves(path) {
  const hashes = run('ffmpeg', '-v', 'error', '-i', path, '-map', '0:v', '-f', 'framemd5', 'pipe:1');
  const lines = hashes.toString().split('\n').filter((it) => it && !it.startsWith('#'));
  const all = lines.map((it) => it.split(',').at(-1).trim());
  return all.filter((it, at) => at > 0 && it !== all[at - 1]).length;
}

function isSound({ video, audio, seconds, format }, length) {
  assert.equal(`${video.codec_name} ${video.width}x${video.height}`, 'h264 720x1280');
  assert.equal(audio.codec_name, 'aac');
  assert.ok(Math.abs(seconds - length) < 0.2, `${seconds} s in the file, ${length} s on the page`);
  assert.ok(seconds > 1.5, `${seconds} s`);
  assert.equal(format.tags.comment, 'AI-generated');
}

// From the choice of the person to the spoken text.
async function speak(page, shots) {
  await tap(page, 'Женщина', 'Кого возьмём?');
  await steps.shot(page, `${shots}-2-faces`);
  await fits(page);
  await page.locator('.key', { hasText: /^1\. / }).last().click();
  await steps.fromBot(page, 'Подходящий голос');
  await steps.shot(page, `${shots}-3-face`);
  await fits(page);
  await steps.button(page, 'Выбрать').last().click();
  await steps.fromBot(page, 'Чьим голосом');
  await page.locator('.key', { hasText: 'Послушать' }).first().click();
  await page.locator('.row.incoming audio').last().waitFor({ state: 'attached' });
  await steps.shot(page, `${shots}-4-voices`);
  await page.locator('.key', { hasText: 'Алина' }).last().click();
  await steps.fromBot(page, 'Что сказать?');
  await steps.say(page, 'Новые кроссовки уже в магазине. Приходите мерить!');
  await steps.press(page, 'Озвучить за');
  await steps.button(page, 'Подходит, дальше').last().waitFor(PATIENCE);
  await steps.shot(page, `${shots}-5-spoken`);
  await fits(page);
  await steps.button(page, 'Подходит, дальше').last().click();
  await steps.fromBot(page, 'Ваше видео');
}

async function filmed(page, shots) {
  await page.locator('.key', { hasText: 'Снять видео' }).last().click();
  await steps.fromBot(page, 'Снимаю ваше видео');
  await steps.shot(page, `${shots}-7-making`);
  await steps.button(page, 'Посмотреть ещё раз').last().waitFor(PATIENCE);
  assert.match(await journey.newest(page), /видео готово[\s\S]*Списан/);
  await steps.shot(page, `${shots}-8-ready`);
  await fits(page);
}

test('A person says a text, and is seen and heard on the page (desktop)', needsProduct, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-videos.'));
  try {
    const person = await steps.newPerson('Дарья', 'ru');
    const how = { viewport: steps.desktop, locale: 'ru-RU' };
    const page = await steps.openAs(browser, person, how);
    await journey.join(page, ru);
    await tap(page, 'Снять говорящее видео', 'Говорящее видео');
    await steps.shot(page, 'videos-head-1-format');
    await fits(page);
    await tap(page, 'Говорящий человек', 'Кто будет говорить?');
    await speak(page, 'videos-head');
    await steps.press(page, 'Субтитры');
    await steps.shot(page, 'videos-head-6-price');
    await fits(page);
    await filmed(page, 'videos-head');
    const { path, length } = await played(page, folder);
    isSound(probed(path), length);
    assert.ok(moves(path) > 10, 'the mouth moves');
    await steps.close(page);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('A person stands over an own clip, and no green is left (phone)', needsProduct, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'atelier-videos.'));
  try {
    const person = await steps.newPerson('Айгуль', 'ru');
    const page = await steps.openAs(browser, person, { viewport: steps.phone, locale: 'ru-RU' });
    await journey.join(page, ru);
    await tap(page, 'Снять говорящее видео', 'Говорящее видео');
    await tap(page, 'Человек поверх моего ролика', 'Что будет за человеком?');
    await steps.sendAlbum(page, [clip(folder)]);
    await page.locator('.row.incoming', { hasText: 'Кто будет говорить?' }).last().waitFor(PATIENCE);
    await steps.shot(page, 'videos-over-1-clip');
    await fits(page);
    await speak(page, 'videos-over');
    await steps.shot(page, 'videos-over-6-price');
    await filmed(page, 'videos-over');
    const { path, length } = await played(page, folder);
    isSound(probed(path), length);
    const { pixel, green } = frame(path, 1);
    assert.equal(green, 0, 'no green pixel is left');
    const [x, y] = [4, 160];
    pixel(x, y).forEach((it, at) => assert.ok(Math.abs(it - BLUE[at]) < 24, `${pixel(x, y)}`));
    assert.ok(Math.abs(pixel(90, 150)[2] - BLUE[2]) > 24, 'somebody stands in the middle');
    await steps.close(page);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
