// A bot that does what a test tells it, through the Bot API that the sandbox offers.

import { after } from 'node:test';

import { newPerson, tell, url } from './steps.mjs';

const TOKEN = process.env.SANDBOX_BOT_TOKEN;

// What `test` takes as options: a product's own bot would take this one's updates.
export const needsBot = {
  skip: !url
    ? 'ATELIER_URL, the address of a chat page, is not set'
    : !TOKEN && 'SANDBOX_BOT_TOKEN, the token of a bot that nobody else runs, is not set',
};

// How long an update may take to come before a test fails.
const PATIENCE_MS = 10_000;

// The bot of all tests of a file, or none where they are left out.
export function botFor({ skip }) {
  if (skip) return undefined;
  const bot = new Bot();
  after(() => bot.close());
  return bot;
}

export class Bot {
  #updates = [];
  #waiting = [];
  #stop = new AbortController();

  constructor(token = TOKEN) {
    this.address = `${url}/bot${token}/`;
    this.polling = this.#poll();
  }

  // Calls a method; what is a File goes as a file, beside the rest.
  async call(method, fields = {}) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      const isPlain = typeof value === 'string' || value instanceof File;
      form.append(name, isPlain ? value : JSON.stringify(value));
    }
    const body = Object.keys(fields).length > 0 ? form : undefined;
    const answer = await fetch(this.address + method, { method: 'POST', body });
    const said = await answer.json();
    if (!said.ok) throw new Error(`${method}: ${said.description}`);
    return said.result;
  }

  // Somebody new who has said /start: bots may write to no one else.
  async meet(first_name) {
    const person = await newPerson(first_name);
    const { id } = await this.call('getMe');
    await tell('/sandbox/say', { bot: id, person: person.id, text: '/start' });
    await this.said(person, '/start');
    return person;
  }

  send(person, text, more = {}) {
    return this.call('sendMessage', { chat_id: person.id, text, ...more });
  }

  // The next update that fits, whether it has come already or is still to come.
  next(fits) {
    const there = this.#updates.findIndex(fits);
    if (there >= 0) return Promise.resolve(this.#updates.splice(there, 1)[0]);
    return new Promise((resolve, reject) => {
      const give = (act) => (value) => {
        clearTimeout(timer);
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        act(value);
      };
      const waiter = { fits, resolve: give(resolve) };
      const late = () => give(reject)(new Error(`no such update: ${fits}`));
      const timer = setTimeout(late, PATIENCE_MS);
      this.#waiting.push(waiter);
    });
  }

  // Whether such an update has come that nobody has asked for.
  has(fits) {
    return this.#updates.some(fits);
  }

  said(person, text) {
    return this.next(({ message: it }) => it?.from.id === person.id && it.text === text);
  }

  sent(person, kind) {
    return this.next(({ message: it }) => it?.from.id === person.id && it[kind]);
  }

  pressed(person, data) {
    return this.next(({ callback_query: it }) => it?.from.id === person.id && it.data === data);
  }

  answer(update, more = {}) {
    return this.call('answerCallbackQuery', {
      callback_query_id: update.callback_query.id,
      ...more,
    });
  }

  async close() {
    this.#stop.abort();
    await this.polling;
  }

  async #poll() {
    let offset = 0;
    while (!this.#stop.signal.aborted) {
      try {
        const asked = `${this.address}getUpdates?timeout=20&offset=${offset}`;
        const { result } = await (await fetch(asked, { signal: this.#stop.signal })).json();
        for (const update of result) {
          offset = update.update_id + 1;
          this.#take(update);
        }
      } catch (error) {
        if (!this.#stop.signal.aborted) throw error;
      }
    }
  }

  #take(update) {
    const waiter = this.#waiting.find(({ fits }) => fits(update));
    if (waiter) waiter.resolve(update);
    else this.#updates.push(update);
  }
}
