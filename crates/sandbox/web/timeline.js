// The messages of one chat: kept in order, drawn row by row, and never jumping under the reader.

import { bubble } from './bubble.js';
import { el, icon } from './dom.js';
import { drawPress } from './keyboards.js';
import { day, sameDay, say } from './words.js';

// How near to the end counts as being at the end.
const END_PX = 48;
// Messages of one side within this time stand close together.
const TOGETHER_S = 300;

export class Timeline {
  #messages = new Map();
  #rows = new Map();
  #act;
  #now;
  #isAtEnd = true;
  #top = 0;
  #missed = 0;

  constructor(act, now) {
    this.#act = act;
    this.#now = now;
    this.list = el('div', {
      class: 'rows',
      role: 'log',
      'aria-label': say('messages'),
      'aria-live': 'polite',
      'aria-busy': 'true',
    });
    this.box = el(
      'div',
      { class: 'timeline', tabindex: '0', 'aria-label': say('messages') },
      this.list,
    );
    this.count = el('span', { class: 'badge', hidden: true });
    const props = {
      type: 'button',
      class: 'to-end',
      hidden: true,
      'aria-label': say('to_end'),
      title: say('to_end'),
    };
    this.toEnd = el(
      'button',
      { ...props, onclick: () => this.scrollToEnd() },
      icon('down'),
      this.count,
    );
    this.node = el('div', { class: 'timeline-frame' }, this.box, this.toEnd);
    this.box.addEventListener('scroll', () => this.#onScroll(), { passive: true });
    // Pictures that load, a keyboard that opens: whoever was at the end stays there.
    this.watch = new ResizeObserver(() => this.#isAtEnd && this.#toBottom());
    this.watch.observe(this.box);
    this.watch.observe(this.list);
  }

  close() {
    this.watch.disconnect();
  }

  get isEmpty() {
    return this.#messages.size === 0;
  }

  get last() {
    return this.#sorted().at(-1) ?? null;
  }

  get(id) {
    return this.#messages.get(id) ?? null;
  }

  // Puts what the sandbox has in place of what we have, after a load or a lost connection.
  reset(messages) {
    this.list.setAttribute('aria-busy', 'true');
    const known = (message) => {
      const old = this.#messages.get(message.message_id);
      return JSON.stringify(old) === JSON.stringify(message) ? old : message;
    };
    this.#messages = new Map(messages.map((it) => [it.message_id, known(it)]));
    this.#draw();
    this.list.removeAttribute('aria-busy');
  }

  // Adds a message or puts its new version in place.
  put(message) {
    const isNew = !this.#messages.has(message.message_id);
    this.#messages.set(message.message_id, message);
    if (isNew && message.outgoing) this.#isAtEnd = true;
    if (isNew && !this.#isAtEnd) this.#missed += 1;
    this.#draw();
    this.#drawToEnd();
  }

  remove(ids) {
    for (const id of ids) this.#messages.delete(id);
    this.#draw();
  }

  // Draws a message again because of something that isn't in it, such as a payment.
  refresh(id) {
    const message = this.#messages.get(id);
    if (!message) return;
    this.#messages.set(id, { ...message });
    this.#draw();
  }

  drawPress(key, isWaiting) {
    for (const button of this.list.querySelectorAll('[data-press]')) {
      if (button.dataset.press === key) drawPress(button, isWaiting);
    }
  }

  scrollToEnd() {
    this.box.scrollTo({ top: this.box.scrollHeight, behavior: 'smooth' });
  }

  #sorted() {
    return [...this.#messages.values()].sort((a, b) => a.message_id - b.message_id);
  }

  // Only going up leaves the end: when the list has grown, the end has left the reader.
  #onScroll() {
    const left = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight;
    if (left < END_PX) this.#isAtEnd = true;
    else if (this.box.scrollTop < this.#top) this.#isAtEnd = false;
    this.#top = this.box.scrollTop;
    if (this.#isAtEnd) this.#missed = 0;
    this.#drawToEnd();
  }

  #drawToEnd() {
    this.toEnd.hidden = this.#isAtEnd;
    this.count.hidden = this.#missed === 0;
    this.count.textContent = String(this.#missed);
    const label = this.#missed > 0 ? say('new_messages', { n: this.#missed }) : say('to_end');
    this.toEnd.setAttribute('aria-label', label);
  }

  #toBottom() {
    this.box.scrollTop = this.box.scrollHeight;
  }

  // Redraws with the first visible row where it was, or at the end if the reader was there.
  #draw() {
    const anchor = this.#isAtEnd ? null : this.#firstVisible();
    const before = anchor?.getBoundingClientRect().top;
    this.#drawRows();
    if (this.#isAtEnd) this.#toBottom();
    else if (anchor?.isConnected) this.box.scrollTop += anchor.getBoundingClientRect().top - before;
  }

  #firstVisible() {
    const { top } = this.box.getBoundingClientRect();
    return [...this.list.children].find((row) => row.getBoundingClientRect().bottom > top);
  }

  #drawRows() {
    const wanted = [];
    const kept = new Map();
    const groups = grouped(this.#sorted());
    groups.forEach((messages, index) => {
      const before = groups[index - 1]?.at(-1);
      const after = groups[index + 1]?.[0];
      if (!before || !sameDay(before.date, messages[0].date))
        wanted.push(this.#dayRow(messages[0], kept));
      const place = {
        opens: !together(before, messages[0]),
        closes: !together(messages.at(-1), after),
      };
      wanted.push(this.#row(messages, place, kept));
    });
    for (const [key, row] of this.#rows) if (!kept.has(key)) row.node.remove();
    this.#rows = kept;
    wanted.forEach((node, index) => {
      const there = this.list.children[index];
      if (there !== node) this.list.insertBefore(node, there ?? null);
    });
  }

  #dayRow(message, kept) {
    const said = day(message.date, this.#now());
    const key = `day ${new Date(message.date * 1000).toDateString()}`;
    const row = this.#rows.get(key) ?? {
      node: el('div', { class: 'day' }, el('span', {}, said)),
    };
    kept.set(key, row);
    return row.node;
  }

  #row(messages, place, kept) {
    const [first] = messages;
    const key = first.media_group_id
      ? `album ${first.media_group_id}`
      : `message ${first.message_id}`;
    const row = this.#rows.get(key) ?? {
      node: el('article', { class: 'row' }),
      messages: [],
      drawn: null,
    };
    if (!isSame(row.messages, messages)) {
      row.messages = messages;
      keepFocus(row.node, () => {
        row.drawn = bubble(messages, this.#act, row.drawn);
        row.node.replaceChildren(row.drawn.node);
      });
    }
    const side = first.outgoing ? 'outgoing' : 'incoming';
    const look = `row ${side}${place.opens ? ' opens' : ''}${place.closes ? ' closes' : ''}`;
    if (row.node.className !== look) row.node.className = look;
    kept.set(key, row);
    return row.node;
  }
}

// A new version of a message is another object, so that looking at which they are is enough.
function isSame(old, messages) {
  return old.length === messages.length && old.every((it, index) => it === messages[index]);
}

// Messages of one album stand in one row, even when something came in between.
function grouped(messages) {
  const groups = [];
  const albums = new Map();
  for (const message of messages) {
    const album = message.media_group_id;
    if (album && albums.has(album)) {
      albums.get(album).push(message);
      continue;
    }
    const group = [message];
    if (album) albums.set(album, group);
    groups.push(group);
  }
  return groups;
}

function together(one, next) {
  if (!one || !next) return false;
  return (
    one.outgoing === next.outgoing &&
    next.date - one.date < TOGETHER_S &&
    sameDay(one.date, next.date)
  );
}

// Whoever has the keyboard on a button of a message keeps it when the message is redrawn: on the
// button that means the same as before, or says the same, or else stands where it stood.
function keepFocus(node, redraw) {
  const held = document.activeElement;
  if (!node.contains(held)) return redraw();
  const before = placeOf(node, held);
  redraw();
  const buttons = [...node.querySelectorAll('button, a')];
  const { press } = held.dataset;
  const next =
    buttons.find((it) => it === held) ??
    buttons.find((it) => press !== undefined && it.dataset.press === press) ??
    buttons.find((it) => it.matches('.key') && it.textContent === held.textContent) ??
    inPlace(node, before) ??
    buttons.at(-1);
  next?.focus({ preventScroll: true });
}

// What can have the keyboard, in rows: first what is no key, then each row of keys.
function rowsOf(node) {
  const others = [...node.querySelectorAll('button:not(.key), a:not(.key)')];
  return [others, ...[...node.querySelectorAll('.key-row')].map((row) => [...row.children])];
}

function placeOf(node, button) {
  const rows = rowsOf(node);
  const row = rows.findIndex((it) => it.includes(button));
  return [row, rows[row]?.indexOf(button)];
}

function inPlace(node, [row, column]) {
  const there = rowsOf(node)[row];
  return there?.[column] ?? there?.at(-1);
}
