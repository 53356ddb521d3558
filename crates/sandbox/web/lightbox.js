// Pictures and videos over the whole window, one at a time.

import { el, iconButton } from './dom.js';
import { say } from './words.js';

// Each of `shown` is {name, url}: a "photo", or else something that plays.
export function openLightbox(shown, index) {
  let at = index;
  const stage = el('div', { class: 'stage' });
  const count = el('span', { class: 'lightbox-count' });
  const save = iconButton('download', say('download', { name: '' }).trim(), () => {
    el('a', { href: shown[at].url, download: '' }).click();
  });
  const close = iconButton('close', say('close'), () => box.close(), { class: 'lightbox-close' });
  const box = el(
    'dialog',
    { class: 'lightbox', 'aria-label': say('photo') },
    stage,
    el('div', { class: 'lightbox-bar' }, count, save, close),
  );

  const show = () => {
    const { name, url } = shown[at];
    stage.replaceChildren(
      name === 'photo'
        ? el('img', { src: url, alt: '' })
        : el('video', { src: url, controls: true, autoplay: true, playsinline: true }),
    );
    count.textContent = shown.length > 1 ? `${at + 1} / ${shown.length}` : '';
  };
  const step = (by) => {
    at = (at + by + shown.length) % shown.length;
    show();
  };
  if (shown.length > 1) {
    box.append(
      iconButton('back', say('previous'), () => step(-1), { class: 'lightbox-side previous' }),
      iconButton('back', say('next'), () => step(1), { class: 'lightbox-side next' }),
    );
    box.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowLeft') step(-1);
      if (event.key === 'ArrowRight') step(1);
    });
  }
  // A press beside the picture closes, as people expect.
  stage.addEventListener('click', (event) => event.target === stage && box.close());
  box.addEventListener('close', () => box.remove());
  show();
  document.body.append(box);
  box.showModal();
}
