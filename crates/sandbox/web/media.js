// What messages carry besides words: pictures, videos, albums, sounds and files.

import { el, icon } from './dom.js';
import { openLightbox } from './lightbox.js';
import { player } from './player.js';
import { fileUrl } from './wire.js';
import { duration, say, size } from './words.js';

const WIDTH_MAX = 420;
const HEIGHT_MAX = 440;
const WIDTH_MIN = 200;
// A picture in a bubble needs no more pixels than this on its longer side.
const SHOWN_SIDE = 800;
const SHOWABLE = /^image\/(jpeg|png|webp|gif)$/;

const VISUAL = ['photo', 'video', 'animation'];

// Which kind of content a message has; its name is a field of the message.
export function kindOf(message) {
  const kinds = [
    'photo',
    'animation',
    'video',
    'video_note',
    'voice',
    'audio',
    'document',
    'sticker',
    'invoice',
  ];
  return (
    kinds.find((kind) => message[kind]) ?? (message.text === undefined ? 'other_kind' : 'text')
  );
}

export const isVisual = (message) => VISUAL.includes(kindOf(message));

// The content of one message, or of an album's messages together; null for words alone.
// `width` is how wide the bubble should be, where the content decides that.
export function media(messages) {
  if (messages.length > 1 && messages.every(isVisual)) return album(messages);
  const parts = messages.map(one).filter(Boolean);
  if (parts.length <= 1) return parts[0] ?? null;
  return {
    node: el('div', { class: 'documents' }, ...parts.map((part) => part.node)),
    width: null,
  };
}

function one(message) {
  switch (kindOf(message)) {
    case 'photo':
    case 'animation':
    case 'video':
      return single(message);
    case 'video_note':
      return { node: roundVideo(message.video_note), width: null };
    case 'sticker':
      return { node: sticker(message.sticker), width: null };
    case 'voice':
      return {
        node: player(fileUrl(message.voice.file_id), message.voice.duration, say('voice')),
        width: null,
      };
    case 'audio':
      return { node: audio(message.audio), width: null };
    case 'document':
      return { node: file(message.document), width: null };
    default:
      return null;
  }
}

// What a visual message shows: where it is, how big, and what plays when it does.
function picture(message) {
  const name = kindOf(message);
  if (name === 'photo') {
    const sizes = [...message.photo].sort((a, b) => a.width * a.height - b.width * b.height);
    const largest = sizes.at(-1);
    const shown = sizes.find((it) => Math.max(it.width, it.height) >= SHOWN_SIDE) ?? largest;
    return {
      name,
      width: largest.width,
      height: largest.height,
      url: fileUrl(largest.file_id),
      preview: fileUrl(shown.file_id),
    };
  }
  const film = message[name];
  const still = film.thumbnail ?? film.cover?.at(-1);
  return {
    name,
    width: film.width || 16,
    height: film.height || 9,
    url: fileUrl(film.file_id),
    preview: still ? fileUrl(still.file_id) : null,
    duration: film.duration,
  };
}

const ratioOf = (shown, least, most) => Math.min(most, Math.max(least, shown.width / shown.height));

function single(message) {
  const shown = picture(message);
  const ratio = ratioOf(shown, 0.5, 3.6);
  const natural = shown.name === 'photo' ? Math.max(WIDTH_MIN, shown.width) : WIDTH_MAX;
  const width = Math.max(WIDTH_MIN, Math.min(WIDTH_MAX, HEIGHT_MAX * ratio, natural));
  const node = el('div', { class: 'visual', style: { 'aspect-ratio': String(ratio) } });
  if (shown.name === 'photo') node.append(opener(shown, () => openLightbox([shown], 0)));
  else node.append(film(shown));
  if (message.has_media_spoiler) node.append(veil(node));
  return { node, width };
}

function opener(shown, onclick) {
  const label = say(shown.name === 'photo' ? 'open_photo' : 'open_video');
  const button = el('button', { type: 'button', class: 'opener', 'aria-label': label, onclick });
  if (shown.preview) button.append(image(shown.preview));
  else
    button.append(
      el('video', { src: shown.url, preload: 'metadata', muted: true, tabindex: '-1' }),
    );
  if (shown.name !== 'photo') {
    button.append(el('span', { class: 'film-play' }, icon('play')));
    if (shown.duration) button.append(el('span', { class: 'film-time' }, duration(shown.duration)));
  }
  return button;
}

function image(url) {
  const shown = el('img', { src: url, alt: '', draggable: 'false', decoding: 'async' });
  shown.addEventListener('error', () =>
    shown.replaceWith(el('span', { class: 'gone' }, say('no_file'))),
  );
  return shown;
}

function film(shown) {
  const isLoop = shown.name === 'animation';
  const how = isLoop ? { autoplay: true, loop: true } : { controls: true };
  const video = el('video', {
    src: shown.url,
    poster: shown.preview,
    preload: 'metadata',
    playsinline: true,
    ...how,
  });
  video.muted = isLoop;
  return video;
}

// Hides what lies under it until it is pressed.
function veil(over) {
  over.classList.add('veiled');
  const props = { type: 'button', class: 'veil', 'aria-label': say('hidden_media') };
  const cover = el('button', props);
  cover.addEventListener('click', () => {
    over.classList.remove('veiled');
    cover.remove();
  });
  return cover;
}

// How many pictures each row of an album has: the grids that messengers use, roughly.
function rowsOf(shown) {
  const wide = shown.filter((it) => it.width / it.height > 1.3).length;
  switch (shown.length) {
    case 2:
      return wide === 2 ? [1, 1] : [2];
    case 3:
      return wide === 0 ? [3] : [1, 2];
    case 4:
      return [2, 2];
    case 5:
      return [2, 3];
    case 6:
      return [3, 3];
    case 7:
      return [2, 2, 3];
    case 8:
      return [2, 3, 3];
    case 9:
      return [3, 3, 3];
    default:
      return [2, 2, 3, 3];
  }
}

function album(messages) {
  const shown = messages.map(picture);
  const node = el('div', { class: 'album' });
  let at = 0;
  for (const count of rowsOf(shown)) {
    const cells = shown.slice(at, at + count).map((it, offset) => {
      const index = at + offset;
      const ratio = ratioOf(it, 0.7, 1.8);
      const cell = el('div', { class: 'cell', style: { flex: `${ratio} 1 0` } });
      cell.append(opener(it, () => openLightbox(shown, index)));
      if (messages[index].has_media_spoiler) cell.append(veil(cell));
      return { cell, ratio };
    });
    const ratio = cells.reduce((sum, it) => sum + it.ratio, 0);
    node.append(
      el(
        'div',
        { class: 'album-row', style: { 'aspect-ratio': String(ratio) } },
        ...cells.map((it) => it.cell),
      ),
    );
    at += count;
  }
  return { node, width: WIDTH_MAX };
}

function roundVideo(note) {
  return el('video', {
    class: 'round',
    src: fileUrl(note.file_id),
    controls: true,
    preload: 'metadata',
    playsinline: true,
  });
}

function sticker(shown) {
  const isFilm = shown.is_video === true;
  if (isFilm)
    return el('video', {
      class: 'sticker',
      src: fileUrl(shown.file_id),
      autoplay: true,
      loop: true,
    });
  return el('div', { class: 'sticker' }, image(fileUrl(shown.file_id)));
}

function audio(sound) {
  const title = [sound.performer, sound.title ?? sound.file_name].filter(Boolean).join(' · ');
  return player(fileUrl(sound.file_id), sound.duration, title || say('audio'));
}

function file(sent) {
  const url = fileUrl(sent.file_id);
  const name = sent.file_name ?? say('document');
  const still =
    sent.thumbnail?.file_id ?? (SHOWABLE.test(sent.mime_type ?? '') ? sent.file_id : null);
  const mark = still ? stillOf(still, url) : el('span', { class: 'file-mark' }, icon('file'));
  const link = el(
    'a',
    { class: 'file-name', href: url, download: name, 'aria-label': say('download', { name }) },
    name,
  );
  const extension = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1];
  const facts = [
    sent.file_size === undefined ? null : size(sent.file_size),
    extension?.toUpperCase(),
  ];
  const about = el('span', { class: 'file-facts' }, facts.filter(Boolean).join(' · '));
  return el('div', { class: 'file' }, mark, el('div', { class: 'file-text' }, link, about));
}

function stillOf(id, url) {
  const shown = { name: 'photo', url, preview: fileUrl(id) };
  const onclick = () => openLightbox([shown], 0);
  const props = { type: 'button', class: 'file-mark', 'aria-label': say('open_photo'), onclick };
  return el('button', props, image(fileUrl(id)));
}
