// Files on their way to the bot: chosen, looked at in a sheet, and sent with progress.

import { el, icon, iconButton } from './dom.js';
import { measure } from './measure.js';
import { failure, openSheet } from './sheets.js';
import * as wire from './wire.js';
import { say, size } from './words.js';

// An album has no more than this.
const ALBUM_MAX = 10;
const PHOTO = /^image\/(jpeg|png|webp|heic|heif|bmp)$/;

const kindOf = (file) => {
  if (PHOTO.test(file.type)) return 'photo';
  if (file.type.startsWith('video/')) return 'video';
  if (file.type.startsWith('audio/')) return 'audio';
  return 'document';
};

// Lets the person choose files from the disk.
export function pick(onFiles) {
  const input = el('input', { type: 'file', multiple: true, hidden: true });
  input.addEventListener('change', () => {
    if (input.files.length > 0) onFiles([...input.files]);
    input.remove();
  });
  input.addEventListener('cancel', () => input.remove());
  document.body.append(input);
  input.click();
}

// Takes what is dragged over `place`, showing that it may be dropped there.
export function takeDrops(place, onFiles) {
  const hint = el(
    'div',
    { class: 'drop', hidden: true },
    el('div', {}, icon('attach'), el('b', {}, say('drop')), el('span', {}, say('drop_hint'))),
  );
  place.append(hint);
  const isFiles = (event) => event.dataTransfer?.types.includes('Files');
  let depth = 0;
  const on = (name, act) =>
    place.addEventListener(name, (event) => {
      if (!isFiles(event)) return;
      event.preventDefault();
      act(event);
    });
  const move = (by) => {
    depth = Math.max(0, depth + by);
    hint.hidden = depth === 0;
  };
  on('dragenter', () => move(1));
  on('dragleave', () => move(-1));
  on('dragover', (event) => {
    event.dataTransfer.dropEffect = 'copy';
  });
  on('drop', (event) => {
    move(-depth);
    const files = [...event.dataTransfer.files];
    if (files.length > 0) onFiles(files);
  });
}

// Asks how to send files; `onSend` gets the parcels to send, one after another.
export function openAttach(given, onSend) {
  const files = [...given];
  const urls = new Map();
  const grid = el('div', { class: 'previews' });
  const ways = el('div', { class: 'ways', role: 'radiogroup', 'aria-label': say('as') });
  const note = el('p', { class: 'sheet-note' }, say('album_note'));
  const caption = el('textarea', {
    rows: '1',
    placeholder: say('caption'),
    'aria-label': say('caption'),
    dir: 'auto',
  });
  const more = el(
    'button',
    { type: 'button', class: 'preview-more' },
    icon('add'),
    say('add_more'),
  );
  const send = el('button', { type: 'button', class: 'button primary wide' });
  let way = null;

  const draw = () => {
    if (files.length === 0) {
      sheet.close();
      return;
    }
    const tiles = files.map((file, index) => preview(file, urls, () => remove(index)));
    grid.replaceChildren(...tiles, more);
    const possible = waysOf(files);
    if (!possible.some(([value]) => value === way)) way = possible[0][0];
    ways.replaceChildren(
      ...possible.map(([value, text]) => {
        const input = el('input', { type: 'radio', name: 'way', value, checked: value === way });
        input.addEventListener('change', () => {
          way = value;
        });
        return el('label', { class: 'way' }, input, el('span', {}, text));
      }),
    );
    note.hidden = files.length <= ALBUM_MAX;
    send.replaceChildren(icon('send'), say('send_files', { n: files.length }));
  };
  const remove = (index) => {
    files.splice(index, 1);
    draw();
    grid.children[index]?.querySelector('button')?.focus();
  };
  const submit = () => {
    onSend(parcels(files, way, caption.value.trim()));
    sheet.close();
  };
  caption.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  more.addEventListener('click', () =>
    pick((added) => {
      files.push(...added);
      draw();
    }),
  );
  send.addEventListener('click', submit);
  const foot = el('footer', { class: 'sheet-foot' }, send);
  const onClose = () => urls.forEach((url) => URL.revokeObjectURL(url));
  const sheet = openSheet(say('attach'), [grid, ways, note, caption, foot], {
    look: 'attach',
    onClose,
  });
  // Files that are dropped on the open sheet join those in it.
  takeDrops(sheet, (added) => {
    files.push(...added);
    draw();
  });
  draw();
  send.focus();
  return sheet;
}

function preview(file, urls, onRemove) {
  const kind = kindOf(file);
  const tile = el('div', { class: 'preview' });
  const plain = () =>
    el(
      'div',
      { class: 'preview-file' },
      icon('file'),
      el('span', {}, file.name),
      el('small', {}, size(file.size)),
    );
  if (kind === 'photo' || kind === 'video') {
    if (!urls.has(file)) urls.set(file, URL.createObjectURL(file));
    const src = urls.get(file);
    const shown =
      kind === 'photo'
        ? el('img', { src, alt: file.name })
        : el('video', { src, preload: 'metadata', 'aria-label': file.name });
    // Not every picture that can be sent can be shown: HEIC, for one, or a broken file.
    shown.addEventListener('error', () => shown.replaceWith(plain()));
    tile.append(shown);
  } else {
    tile.append(plain());
  }
  tile.append(
    iconButton('close', say('remove', { name: file.name }), onRemove, { class: 'preview-remove' }),
  );
  return tile;
}

// The ways in which these files can go, the most natural one first.
function waysOf(files) {
  const kinds = new Set(files.map(kindOf));
  const asFiles = ['document', say('as_files', { n: files.length })];
  const isOne = files.length === 1;
  if (kinds.size === 1 && kinds.has('photo'))
    return [['media', say(isOne ? 'as_photo' : 'as_album')], asFiles];
  if (kinds.size === 1 && kinds.has('video')) return [['media', say('as_video')], asFiles];
  if (kinds.size === 1 && kinds.has('audio'))
    return [['voice', say('as_voice')], ['media', say('as_audio')], asFiles];
  if (kinds.has('photo') || kinds.has('video') || kinds.has('audio'))
    return [['media', say('as_media')], asFiles];
  return [asFiles];
}

// What goes in one request each: albums of up to ten of one kind; only pictures and files make
// albums. The caption goes with the first.
function parcels(files, way, caption) {
  const asOf = (file) => (way === 'media' ? kindOf(file) : way);
  const made = [];
  for (const file of files) {
    const as = asOf(file);
    const last = made.findLast((parcel) => parcel.as === as);
    const joins = (as === 'photo' || as === 'document') && last && last.files.length < ALBUM_MAX;
    if (joins) last.files.push(file);
    else made.push({ as, files: [file], caption: '' });
  }
  made[0].caption = caption;
  return made;
}

// Sends parcels one after another, shown as a line in `place`: how far it is, or why it failed.
export async function sendParcels(at, parcels, place) {
  const total = parcels.reduce((sum, parcel) => sum + parcel.files.length, 0);
  const stop = new AbortController();
  const bar = el('progress', { max: '1', value: '0' });
  const text = el('span', {}, say('sending', { n: total }));
  const cancel = iconButton('close', say('cancel'), () => stop.abort());
  const line = el('div', { class: 'sending', role: 'status' }, text, bar, cancel);
  place.append(line);
  let sent = 0;
  let gone = 0;
  try {
    for (const parcel of parcels) {
      const onProgress = (part) => {
        bar.value = (gone + part * parcel.files.length) / total;
      };
      // Only pictures and files go several at once, and of those nothing has to be said.
      const facts = await measure(parcel.files[0], parcel.as);
      stop.signal.throwIfAborted();
      await wire.send(at, { ...parcel, facts }, onProgress, stop.signal);
      sent += 1;
      gone += parcel.files.length;
    }
  } catch (error) {
    const left = parcels.slice(sent);
    if (!stop.signal.aborted) place.append(failure(error, () => sendParcels(at, left, place)));
  }
  line.remove();
}
