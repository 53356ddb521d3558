// Pictures, films, sounds and files, both ways.

import assert from 'node:assert/strict';
import test from 'node:test';

import { botFor, needsBot } from './bot.mjs';
import { film, picture, sound, text, upload } from './made.mjs';
import * as steps from './steps.mjs';

const browser = await steps.browserFor(needsBot);
const bot = botFor(needsBot);

const pictures = (count) => {
  return Array.from({ length: count }, (_, n) => picture(`p${n}.png`, 320, 240, n));
};

// Reads what the bot got as a file.
async function bytesOf(file_id) {
  const { file_path } = await bot.call('getFile', { file_id });
  const answer = await fetch(bot.address.replace('/bot', '/file/bot') + file_path);
  return Buffer.from(await answer.arrayBuffer());
}

test('Several pictures go as one album, without those that were removed', needsBot, async () => {
  const anna = await steps.newPerson('Anna');
  const page = await steps.openAs(browser, anna);
  await steps.choose(page, pictures(4));
  await steps.isShown(page.locator('.preview img').first());
  await steps.button(page, 'Remove p1.png').click();
  await page.locator('.preview').nth(3).waitFor({ state: 'detached' });
  await steps.sendChosen(page, 'media', 'my photos');
  const got = [];
  for (let n = 0; n < 3; n += 1) got.push((await bot.sent(anna, 'photo')).message);
  assert.equal(new Set(got.map((it) => it.media_group_id)).size, 1);
  assert.deepEqual(
    got.map((it) => it.caption),
    ['my photos', undefined, undefined],
  );

  const row = await steps.fromMe(page, 'my photos');
  assert.equal(await row.locator('.cell img').count(), 3);
  await steps.isShown(row.locator('.cell img').last());
  await row.locator('.opener').first().click();
  const box = page.locator('.lightbox');
  await steps.isShown(box.locator('img'));
  assert.equal(await box.locator('.lightbox-count').innerText(), '1 / 3');
  await page.keyboard.press('ArrowRight');
  await box.locator('.lightbox-count', { hasText: '2 / 3' }).waitFor();
  await page.keyboard.press('Escape');
  await box.waitFor({ state: 'detached' });
  await steps.close(page);
});

test('Pictures can go as files, untouched', needsBot, async () => {
  const anna = await steps.newPerson('Anna');
  const page = await steps.openAs(browser, anna);
  const files = pictures(2);
  await steps.sendFiles(page, files, 'originals');
  const first = (await bot.sent(anna, 'document')).message.document;
  assert.equal(first.file_name, 'p0.png');
  assert.deepEqual(await bytesOf(first.file_id), files[0].buffer);
  const row = await steps.fromMe(page, 'originals');
  assert.deepEqual(await row.locator('.file-name').allInnerTexts(), ['p0.png', 'p1.png']);
  await steps.close(page);
});

test('More than ten pictures become several albums', needsBot, async () => {
  const anna = await steps.newPerson('Anna');
  const page = await steps.openAs(browser, anna);
  await steps.sendAlbum(page, pictures(12));
  const groups = new Map();
  for (let n = 0; n < 12; n += 1) {
    const { media_group_id } = (await bot.sent(anna, 'photo')).message;
    groups.set(media_group_id, (groups.get(media_group_id) ?? 0) + 1);
  }
  assert.deepEqual([...groups.values()], [10, 2]);
  await page.locator('.row.outgoing').nth(1).waitFor();
  assert.equal(await page.locator('.cell').count(), 12);
  await steps.close(page);
});

test('Pictures can be dropped on the chat and pasted into the text', needsBot, async () => {
  const anna = await steps.newPerson('Anna');
  const page = await steps.openAs(browser, anna);
  const given = pictures(2).map(({ name, mimeType, buffer }) => [
    name,
    mimeType,
    buffer.toString('base64'),
  ]);
  const carry = await page.evaluateHandle((files) => {
    const carried = new DataTransfer();
    for (const [name, type, encoded] of files) {
      const bytes = Uint8Array.from(atob(encoded), (it) => it.charCodeAt(0));
      carried.items.add(new File([bytes], name, { type }));
    }
    return carried;
  }, given);
  const talk = page.locator('.talk');
  await talk.dispatchEvent('dragenter', { dataTransfer: carry });
  await page.locator('.talk > .drop').waitFor();
  await talk.dispatchEvent('drop', { dataTransfer: carry });
  await page.locator('.talk > .drop').waitFor({ state: 'hidden' });
  await page.locator('.attach .preview').nth(1).waitFor();
  await steps.sendChosen(page, 'media');
  await bot.sent(anna, 'photo');

  await page.evaluate((clipboardData) => {
    const pasted = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
    document.querySelector('.composer textarea').dispatchEvent(pasted);
  }, carry);
  await page.locator('.attach .preview').nth(1).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.attach').waitFor({ state: 'detached' });
  await steps.close(page);
});

test('A film plays, a voice message plays, and a file can be taken', needsBot, async () => {
  const anna = await steps.newPerson('Anna');
  const page = await steps.openAs(browser, anna);
  await steps.sendAlbum(page, [await film(page, 'clip.webm')]);
  const { video } = (await bot.sent(anna, 'video')).message;
  assert.deepEqual([video.width, video.height], [320, 180], 'as an app would tell it');
  const plays = async (media) => {
    const handle = await media.elementHandle();
    await handle.evaluate((it) => {
      it.muted = true;
      return it.play();
    });
    await page.waitForFunction((it) => it.currentTime > 0, handle);
  };
  await plays(page.locator('.visual video'));

  await steps.choose(page, [sound('hello.wav', 2)]);
  await steps.sendChosen(page, 'voice');
  assert.equal((await bot.sent(anna, 'voice')).message.voice.duration, 2);
  const player = page.locator('.player').last();
  await steps.button(player, 'Play').click();
  await steps.button(player, 'Pause').waitFor();
  await steps.button(player, 'Play').waitFor();

  await steps.choose(page, [text('notes.txt', 'to keep')]);
  await steps.sendChosen(page, 'document');
  await bot.sent(anna, 'document');
  const [taken] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'notes.txt' }).click(),
  ]);
  assert.equal(taken.suggestedFilename(), 'notes.txt');
  await steps.close(page);
});

test('A film and a sound of the bot play, from where one likes, on a phone', needsBot, async () => {
  const anna = await bot.meet('Anna');
  const page = await steps.openAs(browser, anna, { viewport: steps.phone });
  const chat_id = anna.id;
  const video = upload(await film(page, 'clip.webm'));
  const drawn = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 320;
    canvas.height = 180;
    canvas.getContext('2d').fillRect(0, 0, 320, 180);
    return canvas.toDataURL('image/jpeg').split(',')[1];
  });
  const still = { name: 'still.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(drawn, 'base64') };
  const facts = { duration: 1, width: 320, height: 180, supports_streaming: true };
  const sent = { chat_id, video, thumbnail: upload(still), ...facts, caption: 'your film' };
  const { video: told } = await bot.call('sendVideo', sent);
  assert.deepEqual([told.thumbnail.width, told.duration], [320, 1]);
  const shown = (await steps.fromBot(page, 'your film')).locator('video');
  const poster = await shown.getAttribute('poster');
  assert.ok(poster.includes(encodeURIComponent(told.thumbnail.file_id)));
  const box = await shown.boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= steps.phone.width, 'within the window');

  const audio = upload(sound('speech.wav', 20));
  await bot.call('sendAudio', { chat_id, audio, duration: 20, title: 'Speech', caption: 'listen' });
  const row = await steps.fromBot(page, 'listen');
  assert.equal(await row.locator('.player-time').innerText(), '0:20');
  await row.locator('audio').evaluate(async (it) => {
    it.muted = true;
    await it.play();
    it.pause();
  });
  await row.locator('input').fill('750');
  const at = await row.locator('audio').evaluate((it) => it.currentTime);
  assert.ok(14 < at && at < 16, `it stands at ${at}`);
  await steps.shot(page, 'played-on-a-phone');
  await steps.close(page);
});

test(
  'An album of the bot, a hidden picture, and a picture that becomes another',
  needsBot,
  async () => {
    const anna = await bot.meet('Anna');
    const page = await steps.openAs(browser, anna);
    const [one, two, three] = pictures(3).map(upload);
    const media = [
      { type: 'photo', media: 'attach://one', caption: '<b>four</b> for you', parse_mode: 'HTML' },
      { type: 'photo', media: 'attach://two' },
    ];
    await bot.call('sendMediaGroup', { chat_id: anna.id, media, one, two });
    const album = await steps.fromBot(page, 'four for you');
    assert.equal(await album.locator('.cell').count(), 2);
    assert.equal(await album.locator('.text b').innerText(), 'four');

    const hidden = { chat_id: anna.id, photo: three, has_spoiler: true, caption: 'hidden' };
    const { message_id } = await bot.call('sendPhoto', hidden);
    const row = await steps.fromBot(page, 'hidden');
    await row.locator('.veil').click();
    await row.locator('.veil').waitFor({ state: 'detached' });
    const image = row.locator('.visual img');
    await steps.isShown(image);
    const before = await image.getAttribute('src');

    const edited = { chat_id: anna.id, message_id, caption: 'seen' };
    await bot.call('editMessageCaption', edited);
    const seen = await steps.fromBot(page, 'seen');
    assert.equal(await seen.locator('.visual img').getAttribute('src'), before);
    assert.equal(await seen.locator('.veil').count(), 0, 'a shown picture stays shown');

    const other = { type: 'photo', media: 'attach://one', caption: 'another' };
    await bot.call('editMessageMedia', { chat_id: anna.id, message_id, media: other, one });
    const replaced = (await steps.fromBot(page, 'another')).locator('.visual img');
    await steps.isShown(replaced);
    assert.notEqual(await replaced.getAttribute('src'), before);
    await steps.close(page);
  },
);

test('A chat full of pictures opens at its end and stays there', needsBot, async () => {
  const anna = await bot.meet('Anna');
  for (const [n, photo] of pictures(6).map(upload).entries()) {
    await bot.call('sendPhoto', { chat_id: anna.id, photo, caption: `picture ${n}` });
  }
  const keyboard = [['One'], ['Two'], ['Three']];
  await bot.send(anna, 'the end', { reply_markup: { keyboard } });
  const page = await steps.openAs(browser, anna);
  await steps.isShown((await steps.fromBot(page, 'picture 5')).locator('img'));
  const box = page.locator('.timeline');
  const left = () => box.evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight);
  assert.ok((await left()) < 2);
  await page.setViewportSize({ width: 700, height: 600 });
  await page.locator('.to-people').waitFor();
  assert.ok((await left()) < 2, 'also when the window changes');
  assert.equal(await page.locator('.to-end').isVisible(), false);
  await steps.close(page);
});

test('Files that were refused say why and can be tried again', needsBot, async () => {
  const anna = await steps.newPerson('Anna');
  const page = await steps.openAs(browser, anna);
  const refusal = { status: 400, json: { error: 'This is too big.' } };
  await page.route('**/sandbox/send', (route) => route.fulfill(refusal), { times: 1 });
  await steps.sendAlbum(page, pictures(2));
  const line = page.locator('.failure', { hasText: 'This is too big.' });
  await steps.button(line, 'Try again').click();
  await bot.sent(anna, 'photo');
  await page.locator('.row.outgoing .cell').nth(1).waitFor();
  assert.equal(await page.locator('.failure').count(), 0);
  await steps.close(page);
});
