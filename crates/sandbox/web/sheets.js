// What comes over the page: sheets that ask, alerts, toasts and menus.

import { el, icon, iconButton } from './dom.js';
import { say } from './words.js';

// Opens a sheet with a title. `onClose` comes however it is closed; returns the dialog.
export function openSheet(title, content, { look = '', onClose = () => {} } = {}) {
  const close = iconButton('close', say('close'), () => sheet.close());
  const head = el('header', { class: 'sheet-head' }, el('h2', {}, title), close);
  const body = el('div', { class: 'sheet' }, head, ...content);
  const sheet = el('dialog', { class: `sheet-frame ${look}`, 'aria-label': title }, body);
  sheet.addEventListener('click', (event) => event.target === sheet && sheet.close());
  sheet.addEventListener('close', () => {
    sheet.remove();
    onClose();
  });
  document.body.append(sheet);
  sheet.showModal();
  return sheet;
}

// A bot's answer that wants to be read: it stays until it is closed.
export function alert(title, text) {
  const close = el(
    'button',
    { type: 'button', class: 'button primary', onclick: () => sheet.close() },
    say('ok'),
  );
  const body = [
    el('h2', {}, title),
    el('p', { dir: 'auto' }, text),
    el('footer', { class: 'sheet-foot' }, close),
  ];
  const props = { class: 'sheet-frame alert', role: 'alertdialog', 'aria-label': title };
  const sheet = el('dialog', props, el('div', { class: 'sheet' }, ...body));
  sheet.addEventListener('close', () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
  close.focus();
}

// How long a toast stays, by how long it takes to read.
const TOAST_MS = 2500;
const TOAST_LETTER_MS = 45;

// A short message over the chat; `isBad` for what went wrong.
export function toast(text, { isBad = false } = {}) {
  const place = document.querySelector('.toasts');
  const mark = isBad ? icon('alert') : null;
  const made = el(
    'div',
    { class: `toast ${isBad ? 'bad' : ''}`, onclick: () => made.remove() },
    mark,
    el('span', { dir: 'auto' }, text),
  );
  place.append(made);
  while (place.children.length > 3) place.firstChild.remove();
  setTimeout(() => made.remove(), TOAST_MS + text.length * TOAST_LETTER_MS);
}

// A line that tells what couldn't be sent and why, and offers to try it again.
export function failure(error, onRetry) {
  const act = (text, look, then = () => {}) => {
    const onclick = () => {
      line.remove();
      then();
    };
    return el('button', { type: 'button', class: `button small ${look}`, onclick }, text);
  };
  const said = el('span', { dir: 'auto' }, say('not_sent', { reason: error.message }));
  const line = el('div', { class: 'failure', role: 'alert' }, icon('alert'), said);
  line.append(act(say('try_again'), '', onRetry), act(say('dismiss'), 'quiet'));
  return line;
}

// A menu under a button. `entries` are {icon, text, onclick, look}, or nodes to show as they are.
export function openMenu(button, entries) {
  const made = entries.map((entry) => {
    if (entry instanceof Node) return entry;
    const onclick = () => {
      menu.hidePopover();
      entry.onclick();
    };
    return el(
      'button',
      { type: 'button', class: `menu-entry ${entry.look ?? ''}`, onclick },
      icon(entry.icon),
      entry.text,
    );
  });
  const menu = el('div', { class: 'menu', popover: 'auto', 'aria-label': say('menu') }, ...made);
  menu.addEventListener('toggle', (event) => {
    if (event.newState === 'closed') menu.remove();
  });
  document.body.append(menu);
  menu.showPopover();
  const at = button.getBoundingClientRect();
  menu.style.top = `${at.bottom + 6}px`;
  menu.style.right = `${Math.max(8, window.innerWidth - at.right)}px`;
  menu.querySelector('button')?.focus();
}

// A field with its name above it.
export function field(name, control) {
  return el('label', { class: 'field' }, el('span', {}, name), control);
}

// A list to choose from; `choices` are [value, text].
export function choice(choices, chosen, onchange = () => {}) {
  const options = choices.map(([value, text]) =>
    el('option', { value, selected: value === chosen }, text),
  );
  const select = el('select', { onchange: () => onchange(select.value) }, ...options);
  return select;
}
