// Formatted text. The sandbox makes the HTML, yet nothing of it gets into the page but what is
// listed here: it is parsed in an inert document and copied by hand, text as text.

import { el } from './dom.js';
import { say } from './words.js';

const PLAIN = new Set([
  'B',
  'STRONG',
  'I',
  'EM',
  'U',
  'INS',
  'S',
  'STRIKE',
  'DEL',
  'CODE',
  'PRE',
  'BR',
]);
const COMMAND = /(^|[\s(])(\/[a-zA-Z0-9_]{1,32})(?![\w/@])/g;

// Makes nodes of HTML. `act` is told of pressed commands (`onCommand`) and links (`onLink`,
// which says whether it took the link for itself).
export function rich(html, act) {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const made = document.createDocumentFragment();
  copyAll(parsed.body, made, act, false);
  return made;
}

function copyAll(from, into, act, isLiteral) {
  for (const node of from.childNodes) copy(node, into, act, isLiteral);
}

function copy(node, into, act, isLiteral) {
  if (node.nodeType === Node.TEXT_NODE) {
    into.append(...(isLiteral ? [node.data] : withCommands(node.data, act)));
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const made = twin(node, act);
  const isLiteralInside = isLiteral || ['A', 'CODE', 'PRE'].includes(node.tagName);
  copyAll(node, made ?? into, act, isLiteralInside);
  if (made) into.append(made);
}

// The element of ours that stands for one of theirs, or null to keep only what is in it.
function twin(node, act) {
  const { tagName } = node;
  if (PLAIN.has(tagName)) return el(tagName.toLowerCase());
  if (tagName === 'BLOCKQUOTE') {
    const folds = node.hasAttribute('expandable') || node.classList.contains('expandable');
    return folds ? foldingQuote() : el('blockquote');
  }
  if (tagName === 'TG-SPOILER' || node.classList.contains('tg-spoiler')) return spoiler();
  if (tagName === 'A') return link(node.getAttribute('href') ?? '', act);
  return null;
}

function foldingQuote() {
  const quote = el('blockquote', { class: 'folded', tabindex: '0' });
  onPress(quote, () => quote.classList.toggle('folded'));
  return quote;
}

function spoiler() {
  const props = {
    class: 'spoiler',
    role: 'button',
    tabindex: '0',
    'aria-label': say('hidden_text'),
  };
  const hidden = el('span', props);
  onPress(hidden, (event) => {
    if (!hidden.classList.contains('spoiler')) return;
    event.preventDefault();
    hidden.className = 'spoiler-shown';
    for (const name of ['role', 'tabindex', 'aria-label']) hidden.removeAttribute(name);
  });
  return hidden;
}

function onPress(target, act) {
  target.addEventListener('click', act);
  target.addEventListener('keydown', (event) => {
    if (event.target === target && (event.key === 'Enter' || event.key === ' ')) act(event);
  });
}

function link(href, act) {
  if (!/^(https?|tg|mailto|tel):/i.test(href)) return null;
  const props = { href, target: '_blank', rel: 'noopener noreferrer' };
  const onclick = (event) => act.onLink(href) && event.preventDefault();
  return el('a', { ...props, onclick });
}

// Commands in a bot's text can be pressed, as in Telegram.
function withCommands(text, act) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(COMMAND)) {
    const start = found.index + found[1].length;
    parts.push(text.slice(at, start));
    const onclick = () => act.onCommand(found[2]);
    parts.push(el('button', { type: 'button', class: 'command-link', onclick }, found[2]));
    at = start + found[2].length;
  }
  parts.push(text.slice(at));
  return parts;
}
