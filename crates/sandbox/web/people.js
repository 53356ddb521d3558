// The left side: which bot is talked to, who the person is, and how to add one more.

import { notice, summary } from './bubble.js';
import { el, face, icon, iconButton } from './dom.js';
import { choice, field, openSheet } from './sheets.js';
import * as wire from './wire.js';
import { language, say, switchLanguage, time } from './words.js';

const SEEN = 'atelier.sandbox.seen';
// How often the rest of the sandbox is looked at: who is there, and the chats that aren't open. A
// browser allows only a few open streams to one place, so those have none.
const LOOK_MS = 3000;

// The groups that a bot is in, as chats of whoever answers there.
export const groupsOf = (bot) =>
  bot.groups.map(({ id, title, as }) => ({ id, first_name: as, group: title }));

export class People {
  #act;
  #at = null;
  #drawn = '';
  #isLooking = false;
  #bots = [];
  #people = [];
  #last = new Map();
  #seen = JSON.parse(localStorage.getItem(SEEN) ?? '{}');

  // `act` has `onChoose(bot, person)`, `onAdded(person)`, `onWorld()` and `onLook()`.
  constructor(act) {
    this.#act = act;
    const other = el(
      'button',
      { type: 'button', class: 'button small quiet', onclick: switchLanguage },
      say('other_language'),
    );
    const world = iconButton('gear', say('world'), () => act.onWorld());
    const head = el('header', { class: 'side-head' }, el('h1', {}, say('title')), other, world);
    this.bot = el('div', { class: 'bots' });
    const list = (name) =>
      el('nav', { class: 'people', 'aria-label': name, onkeydown: (event) => this.#onKey(event) });
    this.list = list(say('people'));
    this.groups = list(say('groups'));
    this.groupsTitle = el('h2', { class: 'side-title' }, say('groups'));
    const add = el(
      'button',
      { type: 'button', class: 'add-person', onclick: () => this.#openAdd() },
      icon('add'),
      say('add_person'),
    );
    this.node = el(
      'aside',
      { class: 'side' },
      head,
      this.bot,
      el('h2', { class: 'side-title' }, say('you_are')),
      this.list,
      add,
      this.groupsTitle,
      this.groups,
    );
    setInterval(() => document.visibilityState === 'visible' && act.onLook(), LOOK_MS);
  }

  // Who there is, and which chat is open.
  draw(bots, people, at) {
    const isElsewhere = JSON.stringify(at) !== JSON.stringify(this.#at);
    this.#bots = bots;
    this.#people = people;
    this.#at = at;
    // What hasn't changed isn't drawn again: somebody may be pressing it.
    const key = JSON.stringify([bots, people, at]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#drawBots();
    this.#drawPeople();
    const current = this.node.querySelector('[aria-current]');
    if (current && isElsewhere) current.scrollIntoView({ block: 'nearest' });
  }

  // The newest message of a chat; that of the open one counts as read.
  noteLast(at, message) {
    const key = `${at.bot}.${at.person}`;
    const before = JSON.stringify(this.#last.get(key));
    this.#last.set(key, message);
    const isOpen = this.#at?.bot === at.bot && this.#at?.person === at.person;
    if (isOpen && message) {
      this.#seen[key] = message.message_id;
      localStorage.setItem(SEEN, JSON.stringify(this.#seen));
    }
    if (before !== JSON.stringify(message)) this.#drawPeople();
  }

  // Looks at the chats of the chosen bot that aren't open.
  async look() {
    if (!this.#at || this.#isLooking) return;
    this.#isLooking = true;
    const { bot, person } = this.#at;
    for (const { id } of [...this.#people, ...this.#groups()]) {
      if (id === person) continue;
      const chat = await wire.chat({ bot, person: id }).catch(() => null);
      if (chat) this.noteLast({ bot, person: id }, chat.messages.at(-1) ?? null);
    }
    this.#isLooking = false;
  }

  #drawBots() {
    if (this.#bots.length === 0) {
      this.bot.replaceChildren(el('p', { class: 'side-note' }, say('no_bots')));
      return;
    }
    const chosen = this.#chosen();
    const names = this.#bots.map(({ id, first_name }) => [String(id), first_name]);
    const isOne = this.#bots.length === 1;
    const onchange = (id) => this.#act.onChoose(Number(id), this.#at?.person ?? null);
    const select = choice(names, String(chosen.id), onchange);
    select.setAttribute('aria-label', say('bot'));
    const name = isOne ? el('b', { dir: 'auto' }, chosen.first_name) : select;
    const about = el('span', {}, say('bot_details', { username: chosen.username }));
    this.bot.replaceChildren(
      face(chosen.first_name, chosen.id, 'bot'),
      el('div', { class: 'two-lines' }, name, about),
    );
  }

  #chosen() {
    return this.#bots.find(({ id }) => id === this.#at?.bot) ?? this.#bots[0];
  }

  #groups() {
    return this.#bots.length > 0 ? groupsOf(this.#chosen()) : [];
  }

  #drawPeople() {
    const held = document.activeElement;
    const isHeld = this.list.contains(held) || this.groups.contains(held);
    const focused = isHeld ? held.dataset.person : null;
    const groups = this.#groups();
    this.groupsTitle.hidden = groups.length === 0;
    this.groups.hidden = groups.length === 0;
    this.list.replaceChildren(...this.#people.map((person) => this.#row(person)));
    this.groups.replaceChildren(...groups.map((group) => this.#row(group)));
    if (focused) this.node.querySelector(`[data-person="${focused}"]`)?.focus();
  }

  #row(person) {
    const key = `${this.#at?.bot}.${person.id}`;
    const name = person.group ?? person.first_name;
    const isOpen = this.#at?.person === person.id;
    const last = this.#last.get(key) ?? null;
    const isUnread =
      !isOpen && last !== null && !last.outgoing && (this.#seen[key] ?? 0) < last.message_id;
    const isOwn = last?.outgoing && notice(last) === null;
    const words = last ? `${isOwn ? `${say('you')}: ` : ''}${summary(last)}` : say('nothing_yet');
    const props = {
      type: 'button',
      class: 'person',
      'data-person': String(person.id),
      'aria-current': isOpen ? 'true' : null,
      onclick: () => this.#act.onChoose(this.#at.bot, person.id),
    };
    const first = el(
      'span',
      { class: 'person-line' },
      el('b', { dir: 'auto' }, name),
      last && el('time', {}, time(last.date)),
    );
    const dot = isUnread
      ? el('span', { class: 'dot', role: 'img', 'aria-label': say('unread') })
      : null;
    const second = el(
      'span',
      { class: 'person-line' },
      el('span', { class: 'person-last', dir: 'auto' }, words),
      dot,
    );
    return el(
      'button',
      props,
      face(name, person.id),
      el('span', { class: 'two-lines' }, first, second),
    );
  }

  #onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const rows = [...event.currentTarget.children];
    rows[rows.indexOf(document.activeElement) + step]?.focus();
  }

  #openAdd() {
    const name = el('input', {
      type: 'text',
      required: true,
      maxlength: '64',
      autocomplete: 'off',
      dir: 'auto',
    });
    const languages = [
      ['ru', 'Русский'],
      ['en', 'English'],
      ['kk', 'Қазақша'],
    ];
    const speaks = choice(languages, language);
    const said = el('p', { class: 'sheet-error', role: 'alert', hidden: true });
    const add = el('button', { type: 'submit', class: 'button primary' }, say('add'));
    const form = el(
      'form',
      {},
      field(say('person_name'), name),
      field(say('person_language'), speaks),
      said,
      el('footer', { class: 'sheet-foot' }, add),
    );
    const sheet = openSheet(say('add_person'), [form]);
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      try {
        const person = await wire.addPerson({
          first_name: name.value.trim(),
          language_code: speaks.value,
        });
        sheet.close();
        this.#act.onAdded(person);
      } catch (error) {
        said.textContent = error.message;
        said.hidden = false;
      }
    });
    name.focus();
  }
}
