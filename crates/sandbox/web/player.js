// A small player for sounds: play, position, time. One sound plays at a time.

import { el, icon, iconButton } from './dom.js';
import { duration, say } from './words.js';

let playing = null;

export function player(url, seconds, title) {
  // How long it is has to be read from the file when the message doesn't tell.
  const sound = el('audio', { src: url, preload: seconds ? 'none' : 'metadata' });
  const toggle = iconButton(
    'play',
    say('play'),
    () => (sound.paused ? start(sound) : sound.pause()),
    { class: 'player-toggle' },
  );
  const position = el('input', {
    type: 'range',
    min: '0',
    max: '1000',
    value: '0',
    'aria-label': say('position'),
  });
  const clock = el('span', { class: 'player-time' }, duration(seconds ?? 0));

  const length = () => (Number.isFinite(sound.duration) ? sound.duration : (seconds ?? 0));
  const show = () => {
    const part = length() > 0 ? sound.currentTime / length() : 0;
    position.value = String(Math.round(part * 1000));
    position.style.setProperty('--done', `${part * 100}%`);
    const isUntouched = sound.paused && sound.currentTime === 0;
    clock.textContent = duration(isUntouched ? length() : sound.currentTime);
    const name = sound.paused ? 'play' : 'pause';
    toggle.replaceChildren(icon(name));
    toggle.setAttribute('aria-label', say(name));
    toggle.title = say(name);
  };
  for (const event of ['play', 'pause', 'timeupdate', 'durationchange', 'seeked'])
    sound.addEventListener(event, show);
  sound.addEventListener('ended', () => {
    sound.currentTime = 0;
    show();
  });
  sound.addEventListener('error', () => {
    clock.textContent = say('no_file');
  });
  position.addEventListener('input', () => {
    sound.currentTime = (Number(position.value) / 1000) * length();
  });
  const name = el('span', { class: 'player-title', dir: 'auto' }, title);
  const lines = el('div', { class: 'player-lines' }, name, position, clock);
  return el('div', { class: 'player' }, toggle, lines, sound);
}

function start(sound) {
  if (playing && playing !== sound) playing.pause();
  playing = sound;
  // A file that can't be played says so through its `error` event.
  sound.play().catch(() => {});
}
