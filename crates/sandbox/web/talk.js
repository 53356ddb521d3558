// One open chat of one person with one bot, or of a group with a bot in it: its head, its messages, and where to write.

import { openAttach, pick, sendParcels, takeDrops } from './attach.js';
import { summary } from './bubble.js';
import { Composer } from './composer.js';
import { el, face, icon, iconButton } from './dom.js';
import { Presses, pressKey } from './keyboards.js';
import { openPayment } from './paying.js';
import { alert, failure, openMenu, toast } from './sheets.js';
import { openStars } from './stars.js';
import { Timeline } from './timeline.js';
import * as wire from './wire.js';
import { price, say } from './words.js';

// How long "typing" is shown, as in Telegram, unless a message comes first.
const ACTION_MS = 5500;
const INVOICE_LINK = /^(?:https?:\/\/t\.me\/(?:\$|invoice\/)|tg:\/\/invoice\?slug=)[\w$-]+$/i;
const BOT_LINK = /^(?:https?:\/\/t\.me\/|tg:\/\/resolve\?domain=)(\w+)(?:[?&]start=([\w-]*))?$/i;

export class Talk {
  #app;
  #bot;
  #person;
  #at;
  #early = null;
  #isClosed = false;
  #isBlocked = false;
  #replied = null;
  #paid = new Set();
  #presses = new Presses((key) => this.timeline.drawPress(key, this.#presses.has(key)));

  // Who has a `group` is its member who answers there.
  // `app` knows the sandbox: `now`, `stars`, `onLast`, `onBack`, `openBot`, `onWorld`, `refresh`.
  constructor(bot, person, app) {
    this.#app = app;
    this.#bot = bot;
    this.#person = person;
    this.#at = { bot: bot.id, person: person.id };
    this.timeline = new Timeline(this.#deeds(), app.now);
    this.composer = new Composer(this.#at, {
      onSay: (text) => this.say(text),
      onFiles: (files) => this.attach(files),
      onPick: () => pick((files) => this.attach(files)),
      onStrange: () => toast(say('cannot_here')),
    });
    this.replying = el('div', { class: 'replying', role: 'status', hidden: true });
    if (person.group) this.composer.hint = say('group_hint');
    this.empty = this.#emptyCard();
    this.lines = el('div', { class: 'lines' });
    this.bar = el(
      'div',
      { class: 'blocked', hidden: true },
      el('span', {}, say('blocked')),
      this.#unblock(),
    );
    const middle = el(
      'div',
      { class: 'middle' },
      this.timeline.node,
      this.empty,
      el('div', { class: 'toasts', role: 'status' }),
    );
    this.node = el(
      'main',
      {
        class: 'talk',
        'aria-label': person.group ?? bot.first_name,
        onkeydown: (event) => this.#onKey(event),
      },
      this.#head(),
      middle,
      this.lines,
      this.bar,
      this.replying,
      this.composer.node,
    );
    takeDrops(this.node, (files) => this.attach(files));
    this.#listen();
  }

  close() {
    this.#isClosed = true;
    this.stopListening();
    this.timeline.close();
  }

  focus() {
    this.composer.focus();
  }

  // What the person's buttons in the chat do.
  #deeds() {
    return {
      presses: this.#presses,
      isPaid: (message) => this.#paid.has(message.message_id),
      payText: ({ invoice }) =>
        say('pay', { price: price(invoice.total_amount, invoice.currency) }),
      onPress: (message, button) => this.#press(message, button),
      onPay: (message) => this.#pay(message),
      onCopy: (text) => navigator.clipboard.writeText(text).then(() => toast(say('copied'))),
      onReply: this.#person.group ? (message) => this.#reply(message) : null,
      onStrange: () => toast(say('cannot_here')),
      onCommand: (command) => this.say(command),
      onLink: (url) => this.#follow(url),
    };
  }

  #head() {
    const group = this.#person.group;
    this.line = el('span', { class: 'head-line' }, this.#about());
    const menu = iconButton('dots', say('menu'), () => openMenu(menu, this.#menu()));
    const back = iconButton('back', say('back_to_people'), () => this.#app.onBack(), {
      class: 'to-people',
    });
    const name = el('h2', { dir: 'auto' }, group ?? this.#bot.first_name);
    const who = el(
      'span',
      { class: 'head-person' },
      face(this.#person.first_name, this.#person.id, 'small'),
      el('span', { dir: 'auto' }, this.#person.first_name),
    );
    const lines = el('div', { class: 'two-lines' }, name, this.line);
    return el(
      'header',
      { class: 'head' },
      back,
      group ? face(group, this.#person.id) : face(this.#bot.first_name, this.#bot.id, 'bot'),
      lines,
      who,
      menu,
    );
  }

  #about() {
    return this.#person.group ? say('group_small', { bot: this.#bot.first_name }) : say('bot_small');
  }

  #menu() {
    const world = { icon: 'gear', text: say('world'), onclick: () => this.#app.onWorld() };
    if (this.#person.group) return [world];
    const stars = say('your_stars', { stars: price(this.#app.stars(this.#person.id), 'XTR') });
    const block = this.#isBlocked
      ? { icon: 'block', text: say('unblock'), onclick: () => this.#block(false) }
      : { icon: 'block', text: say('block'), look: 'danger', onclick: () => this.#block(true) };
    const account = {
      icon: 'star',
      text: stars,
      look: 'gold',
      onclick: () => openStars(this.#at, this.#app.refresh),
    };
    return [account, world, block];
  }

  #unblock() {
    return el(
      'button',
      { type: 'button', class: 'button', onclick: () => this.#block(false) },
      say('unblock'),
    );
  }

  #emptyCard() {
    const { group, first_name } = this.#person;
    if (group) {
      const holes = { bot: this.#bot.first_name, person: first_name };
      return el(
        'div',
        { class: 'empty', hidden: true },
        face(group, this.#person.id, 'large'),
        el('h3', { dir: 'auto' }, group),
        el('p', { dir: 'auto' }, say('group_empty', holes)),
      );
    }
    const start = el(
      'button',
      { type: 'button', class: 'button primary start', onclick: () => this.say('/start') },
      say('start'),
    );
    const title = el('h3', { dir: 'auto' }, say('empty_title', { bot: this.#bot.first_name }));
    const text = el('p', { dir: 'auto' }, say('empty_text', { person: this.#person.first_name }));
    return el(
      'div',
      { class: 'empty', hidden: true },
      face(this.#bot.first_name, this.#bot.id, 'bot large'),
      title,
      text,
      start,
    );
  }

  // Opens the stream first and loads after it, so that nothing falls between the two; what the
  // stream brings meanwhile is kept and told again over what was loaded.
  #listen() {
    this.stopListening = wire.listen(this.#at, {
      onOpen: () => this.#load(),
      onLost: () => this.#lost(),
      onEvent: (event) => (this.#early ? this.#early.push(event) : this.#onEvent(event)),
    });
  }

  // A sandbox that was started anew may no longer have this bot or this person.
  #lost() {
    this.node.classList.add('lost');
    this.#drawLine();
    this.#app.refresh();
  }

  // Shows the commands that this person has with the bot; bots may change them at any time.
  async loadCommands() {
    const chat = await wire.chat(this.#at).catch(() => null);
    if (chat) this.composer.commands = chat.commands ?? [];
  }

  async #load() {
    const early = [];
    this.#early = early;
    const chat = await wire.chat(this.#at).catch((error) => {
      toast(error.message, { isBad: true });
      return null;
    });
    // A stream that was opened anew meanwhile loads anew.
    if (this.#isClosed || this.#early !== early) return;
    if (chat) {
      this.timeline.reset(chat.messages);
      this.composer.commands = chat.commands ?? [];
      this.composer.replyMarkup = chat.reply_keyboard;
      this.#showBlocked(chat.blocked);
    }
    this.#early = null;
    for (const event of early) this.#onEvent(event);
    this.node.classList.remove('lost');
    this.#drawLine();
    this.#changed();
  }

  #onEvent(event) {
    switch (event.kind) {
      case 'message':
      case 'edited':
        this.timeline.put(event.message);
        if (!event.message.outgoing) this.#showAction(null);
        this.#changed();
        break;
      case 'deleted':
        this.timeline.remove(event.message_ids);
        this.#changed();
        break;
      case 'action':
        this.#showAction(event.action);
        break;
      case 'answer':
        this.#presses.answer(event.callback_query_id);
        if (event.text && event.show_alert) alert(this.#bot.first_name, event.text);
        else if (event.text) toast(event.text);
        break;
      case 'reply_keyboard':
        this.composer.replyMarkup = event.reply_keyboard;
        break;
      case 'paid':
        if (event.ok) this.#markPaid(event.message_id);
        break;
    }
  }

  #changed() {
    this.empty.hidden = !this.timeline.isEmpty;
    this.#app.onLast(this.#at, this.timeline.last);
  }

  #showAction(action) {
    clearTimeout(this.actionEnds);
    const known = [
      'typing',
      'upload_photo',
      'record_video',
      'upload_video',
      'record_voice',
      'upload_voice',
      'upload_document',
      'choose_sticker',
    ];
    this.action =
      action && (known.includes(action) ? say(`action_${action}`) : say('action_typing'));
    if (action) this.actionEnds = setTimeout(() => this.#showAction(null), ACTION_MS);
    this.#drawLine();
  }

  #drawLine() {
    const isLost = this.node.classList.contains('lost');
    this.line.textContent = isLost ? say('connecting') : (this.action ?? this.#about());
    this.line.classList.toggle('acting', !isLost && Boolean(this.action));
  }

  async say(text, at = this.#takeReply()) {
    try {
      await wire.say(at, text);
    } catch (error) {
      this.lines.append(failure(error, () => this.say(text, at)));
    }
  }

  // Shows, above where it is written, what is replied to; null: nothing.
  #reply(message) {
    this.#replied = message;
    this.replying.hidden = message === null;
    if (message === null) return;
    const cancel = iconButton('close', say('cancel_reply'), () => {
      this.#reply(null);
      this.focus();
    });
    const who = el('b', { dir: 'auto' }, say('replying', { name: message.from.first_name }));
    const words = el('span', { dir: 'auto' }, summary(message));
    this.replying.replaceChildren(icon('reply'), el('div', { class: 'quote' }, who, words), cancel);
    this.focus();
  }

  // Where what is sent now goes, and what it replies to, which is done with by that.
  #takeReply() {
    const replied = this.#replied?.message_id;
    this.#reply(null);
    return { ...this.#at, replied };
  }

  #onKey(event) {
    if (event.key === 'Escape' && this.#replied && !event.defaultPrevented) this.#reply(null);
  }

  attach(files) {
    if (this.#isBlocked || document.querySelector('dialog[open]')) return;
    openAttach(files, (parcels) => sendParcels(this.#takeReply(), parcels, this.lines));
  }

  async #press(message, button) {
    const key = pressKey(message, button);
    if (this.#presses.has(key)) return;
    this.#presses.begin(key);
    try {
      const { callback_query_id } = await wire.press(
        this.#at,
        message.message_id,
        button.callback_data,
      );
      this.#presses.name(key, callback_query_id);
    } catch (error) {
      this.#presses.end(key);
      toast(say('press_failed', { reason: error.message }), { isBad: true });
    }
  }

  async #pay(message) {
    await this.#app.refresh();
    const { message_id, invoice } = message;
    openPayment(this.#at, { message_id }, invoice, this.#app.stars(this.#person.id), () => {
      this.#markPaid(message_id);
      this.#app.refresh();
    });
  }

  async #payByLink(link) {
    try {
      const [invoice] = await Promise.all([wire.invoice(this.#at, link), this.#app.refresh()]);
      const stars = this.#app.stars(this.#person.id);
      openPayment(this.#at, { link }, invoice, stars, () => this.#app.refresh());
    } catch (error) {
      toast(error.message, { isBad: true });
    }
  }

  #markPaid(id) {
    this.#paid.add(id);
    this.timeline.refresh(id);
  }

  // A link to one of the bots here opens its chat and starts it, a link to an invoice pays; the
  // others go their way.
  #follow(url) {
    if (INVOICE_LINK.test(url)) {
      this.#payByLink(url);
      return true;
    }
    const found = BOT_LINK.exec(url);
    return Boolean(found) && this.#app.openBot(found[1], found[2] ?? '');
  }

  async #block(isBlocked) {
    try {
      await wire.block(this.#at, isBlocked);
      this.#showBlocked(isBlocked);
    } catch (error) {
      toast(error.message, { isBad: true });
    }
  }

  #showBlocked(isBlocked) {
    this.#isBlocked = isBlocked;
    this.bar.hidden = !isBlocked;
    this.composer.node.hidden = isBlocked;
  }
}
