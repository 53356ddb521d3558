// Where the person writes: the text, the bot's commands, its keyboard, and files to send.

import { el, iconButton } from './dom.js';
import { replyKeyboard } from './keyboards.js';
import { say } from './words.js';

const isPhone = () => matchMedia('(max-width: 720px)').matches;

export class Composer {
  #act;
  #commands = [];
  #chosen = 0;
  #draftKey;
  #isKeyboardOpen = false;
  #markup = null;
  #hint = say('message');

  // `act` takes what is written (`onSay`) and files (`onFiles`, `onPick`).
  constructor(at, act) {
    this.#act = act;
    this.#draftKey = `atelier.sandbox.draft.${at.bot}.${at.person}`;
    const name = say('message');
    this.text = el('textarea', {
      rows: '1',
      placeholder: name,
      'aria-label': name,
      enterkeyhint: 'send',
      autocomplete: 'off',
      dir: 'auto',
      role: 'combobox',
      'aria-expanded': 'false',
      'aria-controls': 'commands',
      'aria-autocomplete': 'list',
      oninput: () => this.#onInput(),
      onkeydown: (event) => this.#onKey(event),
      onpaste: (event) => this.#onPaste(event),
    });
    this.list = el('div', {
      class: 'commands',
      id: 'commands',
      role: 'listbox',
      'aria-label': say('commands'),
      hidden: true,
    });
    this.attach = iconButton('attach', say('attach'), () => act.onPick());
    this.slash = iconButton('slash', say('commands'), () => this.#toggleCommands(), {
      hidden: true,
    });
    this.keys = iconButton(
      'keyboard',
      say('show_keyboard'),
      () => this.#openKeyboard(!this.#isKeyboardOpen),
      { hidden: true },
    );
    this.send = iconButton('send', say('send'), () => this.#submit(), { class: 'send' });
    this.keyboard = el('div', { class: 'reply-keyboard', hidden: true });
    const line = el(
      'div',
      { class: 'line' },
      this.attach,
      this.text,
      this.slash,
      this.keys,
      this.send,
    );
    this.node = el('div', { class: 'composer' }, this.list, line, this.keyboard);
    this.text.addEventListener('blur', () => this.#closeCommands());
    // Choosing with a mouse must not take the focus away from the text first.
    for (const node of [this.list, this.slash]) {
      node.addEventListener('mousedown', (event) => event.preventDefault());
    }
    this.restore(sessionStorage.getItem(this.#draftKey) ?? '');
  }

  focus() {
    this.text.focus();
  }

  // Puts a text back, for instance one that couldn't be sent.
  restore(text) {
    this.text.value = text;
    this.#keepDraft();
    this.#drawSend();
  }

  set commands(commands) {
    this.#commands = commands;
    this.slash.hidden = commands.length === 0;
  }

  // What an empty field says.
  set hint(text) {
    this.#hint = text;
    this.text.placeholder = text;
  }

  // Shows the keyboard that the bot has given, or takes it away with null.
  set replyMarkup(markup) {
    const isNew = JSON.stringify(markup) !== JSON.stringify(this.#markup);
    this.#markup = markup;
    const hasKeys = Boolean(markup?.keyboard?.length);
    this.keys.hidden = !hasKeys || markup.is_persistent === true;
    this.text.placeholder = markup?.input_field_placeholder ?? this.#hint;
    if (!hasKeys) {
      this.#openKeyboard(false);
      return;
    }
    if (!isNew) return;
    const onSay = (text) => {
      this.#act.onSay(text);
      if (markup.one_time_keyboard) this.#openKeyboard(false);
    };
    this.keyboard.replaceChildren(
      ...replyKeyboard(markup, { onSay, onStrange: this.#act.onStrange }),
    );
    this.keyboard.classList.toggle('tall', markup.resize_keyboard !== true);
    this.#openKeyboard(true);
  }

  #openKeyboard(isOpen) {
    this.#isKeyboardOpen = isOpen;
    this.keyboard.hidden = !isOpen;
    const label = say(isOpen ? 'hide_keyboard' : 'show_keyboard');
    this.keys.setAttribute('aria-label', label);
    this.keys.title = label;
    this.keys.setAttribute('aria-pressed', String(isOpen));
  }

  #onInput() {
    this.#keepDraft();
    this.#drawSend();
    const typed = /^\/(\w*)$/.exec(this.text.value);
    if (typed) this.#showCommands(typed[1].toLowerCase());
    else this.#closeCommands();
  }

  #keepDraft() {
    if (this.text.value) sessionStorage.setItem(this.#draftKey, this.text.value);
    else sessionStorage.removeItem(this.#draftKey);
  }

  #drawSend() {
    this.send.disabled = this.text.value.trim() === '';
  }

  #onKey(event) {
    if (event.isComposing) return;
    if (!this.list.hidden && this.#onListKey(event.key)) {
      event.preventDefault();
      return;
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    }
  }

  // Keys while commands are shown; says whether the key was taken.
  #onListKey(key) {
    const shown = this.list.children.length;
    if (key === 'ArrowDown' || key === 'ArrowUp')
      this.#choose((this.#chosen + (key === 'ArrowDown' ? 1 : shown - 1)) % shown);
    else if (key === 'Enter') this.#say(`/${this.list.children[this.#chosen].dataset.command}`);
    else if (key === 'Tab') this.#complete();
    else if (key === 'Escape') this.#closeCommands();
    else return false;
    return true;
  }

  #complete() {
    this.text.value = `/${this.list.children[this.#chosen].dataset.command} `;
    this.#onInput();
  }

  #onPaste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    this.#act.onFiles(files);
  }

  #submit() {
    const text = this.text.value.trim();
    if (text !== '') this.#say(text);
  }

  #say(text) {
    this.restore('');
    this.#closeCommands();
    this.#act.onSay(text);
    if (!isPhone()) this.focus();
  }

  #toggleCommands() {
    if (!this.list.hidden) {
      this.#closeCommands();
      return;
    }
    this.focus();
    this.#showCommands('');
  }

  #showCommands(start) {
    const fitting = this.#commands.filter((it) => it.command.startsWith(start));
    if (fitting.length === 0) {
      this.#closeCommands();
      return;
    }
    const rows = fitting.map(({ command, description }, index) => {
      const props = {
        class: 'command',
        role: 'option',
        id: `command-${index}`,
        dataset: { command },
      };
      const onclick = () => this.#say(`/${command}`);
      const onmousemove = () => this.#choose(index);
      return el(
        'div',
        { ...props, onclick, onmousemove },
        el('b', {}, `/${command}`),
        el('span', { dir: 'auto' }, description),
      );
    });
    this.list.replaceChildren(...rows);
    this.list.hidden = false;
    this.text.setAttribute('aria-expanded', 'true');
    this.#choose(0);
  }

  #choose(index) {
    this.#chosen = index;
    [...this.list.children].forEach((row, at) =>
      row.setAttribute('aria-selected', String(at === index)),
    );
    this.list.children[index].scrollIntoView({ block: 'nearest' });
    this.text.setAttribute('aria-activedescendant', `command-${index}`);
  }

  #closeCommands() {
    this.list.hidden = true;
    this.text.setAttribute('aria-expanded', 'false');
    this.text.removeAttribute('aria-activedescendant');
  }
}
