// The bot's buttons: those under a message, and those in place of a keyboard.

import { el, icon } from './dom.js';
import { say } from './words.js';

// How long a pressed button waits for the bot before it can be pressed again.
const ANSWER_MS = 15_000;

// Which buttons of a chat were pressed and have no answer yet. It outlives redrawn messages, and
// knows that an answer's event may overtake the reply that tells which query the press became.
export class Presses {
  #waiting = new Map();
  #answered = new Set();
  #onChange;

  constructor(onChange) {
    this.#onChange = onChange;
  }

  has(key) {
    return this.#waiting.has(key);
  }

  begin(key) {
    const timer = setTimeout(() => this.end(key), ANSWER_MS);
    this.#waiting.set(key, { id: null, timer });
    this.#onChange(key);
  }

  name(key, id) {
    const press = this.#waiting.get(key);
    if (press) press.id = id;
    if (this.#answered.has(id)) this.end(key);
  }

  answer(id) {
    this.#answered.add(id);
    for (const [key, press] of this.#waiting) if (press.id === id) this.end(key);
  }

  end(key) {
    const press = this.#waiting.get(key);
    if (!press) return;
    clearTimeout(press.timer);
    this.#waiting.delete(key);
    this.#onChange(key);
  }
}

export const pressKey = (message, button) => `${message.message_id} ${button.callback_data}`;

// Shows whether a button waits for its answer.
export function drawPress(button, isWaiting) {
  button.classList.toggle('waiting', isWaiting);
  button.setAttribute('aria-busy', String(isWaiting));
}

// The rows of buttons under a message; null when it has none.
export function inlineKeyboard(message, act) {
  const rows = message.reply_markup?.inline_keyboard ?? payRow(message);
  if (!rows?.length) return null;
  const made = rows.map((row) => {
    return el('div', { class: 'key-row' }, ...row.map((button) => key(message, button, act)));
  });
  return el('div', { class: 'keys' }, ...made);
}

// Telegram puts the button that pays under an invoice by itself when the bot gave none.
const payRow = (message) => (message.invoice ? [[{ text: null, pay: true }]] : null);

function key(message, button, act) {
  const words =
    button.pay && act.isPaid(message) ? say('paid') : (button.text ?? act.payText(message));
  const text = el('span', { class: 'key-text' }, words);
  const look = `key ${button.style ?? ''}`.trim();
  if (button.url) {
    const props = { class: look, href: button.url, target: '_blank', rel: 'noopener noreferrer' };
    const onclick = (event) => act.onLink(button.url) && event.preventDefault();
    return el('a', { ...props, onclick }, text, icon('link'));
  }
  const made = el('button', { type: 'button', class: look }, text);
  if (button.callback_data !== undefined) {
    made.dataset.press = pressKey(message, button);
    made.append(el('span', { class: 'spinner', 'aria-hidden': 'true' }));
    drawPress(made, act.presses.has(made.dataset.press));
    made.addEventListener('click', () => act.onPress(message, button));
  } else if (button.pay) {
    made.classList.add('pays');
    made.disabled = act.isPaid(message);
    made.addEventListener('click', () => act.onPay(message));
  } else if (button.copy_text) {
    made.append(icon('copy'));
    made.addEventListener('click', () => act.onCopy(button.copy_text.text));
  } else {
    made.classList.add('strange');
    made.addEventListener('click', () => act.onStrange());
  }
  return made;
}

const PLAIN_FIELDS = ['text', 'style', 'icon_custom_emoji_id'];

// The rows of the keyboard that a bot puts under the composer. A press says the button's text.
export function replyKeyboard(markup, act) {
  return markup.keyboard.map((row) => {
    const keys = row.map((given) => {
      const button = typeof given === 'string' ? { text: given } : given;
      const isPlain = Object.keys(button).every((field) => PLAIN_FIELDS.includes(field));
      const onclick = () => (isPlain ? act.onSay(button.text) : act.onStrange());
      const look = `reply-key ${button.style ?? ''}`.trim();
      return el('button', { type: 'button', class: look, onclick }, button.text);
    });
    return el('div', { class: 'key-row' }, ...keys);
  });
}
