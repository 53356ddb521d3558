// What the browser knows of a film or a sound before it is sent, as an app of Telegram would.

import { el } from './dom.js';

// A file that can't be opened in this time goes without.
const PATIENCE_MS = 4000;

// How long it plays, and how large it is seen: {duration, width, height}, as far as that is known.
export function measure(file, as) {
  if (as !== 'video' && as !== 'audio' && as !== 'voice') return Promise.resolve({});
  const url = URL.createObjectURL(file);
  const opened = el(as === 'video' ? 'video' : 'audio', { preload: 'metadata' });
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      resolve(factsOf(opened));
      opened.removeAttribute('src');
      URL.revokeObjectURL(url);
    };
    const timer = setTimeout(end, PATIENCE_MS);
    opened.addEventListener('loadedmetadata', end, { once: true });
    opened.addEventListener('error', end, { once: true });
    opened.src = url;
  });
}

function factsOf({ duration, videoWidth, videoHeight }) {
  const facts = {};
  // Recordings of a browser don't say how long they are.
  if (Number.isFinite(duration)) facts.duration = Math.max(1, Math.round(duration));
  if (videoWidth > 0 && videoHeight > 0) {
    facts.width = videoWidth;
    facts.height = videoHeight;
  }
  return facts;
}
