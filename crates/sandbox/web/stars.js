// The sheet of a person's Stars: what there is, how to get more, subscriptions, and the past.

import { el, icon } from './dom.js';
import { openSheet } from './sheets.js';
import * as wire from './wire.js';
import { date, price, say, time } from './words.js';

const PACKS = [100, 1000, 10000];

// `onChange` comes whenever the person has more or fewer Stars than before.
export async function openStars(at, onChange) {
  const place = el('div', { class: 'account' });
  const said = el('p', { class: 'sheet-error', role: 'alert', hidden: true });
  const draw = (account) => {
    const focused = document.activeElement?.dataset?.deed;
    place.replaceChildren(
      balance(account.stars),
      ...subscriptions(account.subscriptions),
      ...past(account.past),
    );
    if (focused) place.querySelector(`[data-deed="${focused}"]`)?.focus();
  };
  // Does something, then shows how things are; `deed` gives the account or nothing.
  const act = async (deed) => {
    said.hidden = true;
    try {
      const account = await deed;
      draw(account?.past ? account : await wire.account(at));
      onChange();
    } catch (error) {
      said.textContent = error.message;
      said.hidden = false;
    }
  };

  const balance = (stars) => {
    const more = PACKS.map((amount) => {
      const onclick = () => act(wire.addStars(at.person, amount));
      const name = say('add_stars', { n: amount });
      const props = { type: 'button', class: 'button', onclick, 'aria-label': name };
      return el('button', { ...props, 'data-deed': `add ${amount}` }, say('plus', { n: amount }));
    });
    const sum = el('b', { class: 'account-stars' }, icon('star'), price(stars, 'XTR'));
    return el('section', { class: 'account-balance' }, sum, el('div', { class: 'packs' }, ...more));
  };

  const subscriptions = (known) => {
    if (known.length === 0) return [];
    const rows = known.map((it) => {
      const id = it.telegram_payment_charge_id;
      const button = (deed, name) => {
        const onclick = () => act(wire.changeSubscription(at, id, deed));
        const props = { type: 'button', class: 'button small', onclick, 'data-deed': deed + id };
        return el('button', props, name);
      };
      const until = { price: price(it.total_amount, it.currency), until: date(it.until) };
      const state = it.canceled ? say('runs_out', until) : say('renews', until);
      const deeds = it.canceled
        ? [it.canceled_by_bot ? say('ended_by_bot') : button('resume', say('resume'))]
        : [button('cancel', say('cancel_renewal')), button('renew', say('renew_now'))];
      return el(
        'li',
        { class: 'subscription' },
        el('b', { dir: 'auto' }, it.title),
        el('span', {}, state),
        el('div', { class: 'deeds' }, ...deeds),
      );
    });
    return [el('h3', {}, say('subscriptions')), el('ul', { class: 'account-list' }, ...rows)];
  };

  const past = (known) => {
    const rows = known.map((it) => {
      const sum = `${it.is_refund ? '+' : '−'}${price(it.amount, 'XTR')}`;
      const title = it.title ?? say('invoice');
      const what = el('b', { dir: 'auto' }, it.is_refund ? say('came_back', { title }) : title);
      const when = el('span', {}, `${date(it.date)}, ${time(it.date)}`);
      const words = el('div', { class: 'two-lines' }, what, when);
      const look = it.is_refund ? 'sum back' : 'sum';
      return el('li', { class: 'past' }, words, el('span', { class: look }, sum));
    });
    if (rows.length === 0) return [el('p', { class: 'sheet-note' }, say('no_payments'))];
    return [el('h3', {}, say('payments')), el('ul', { class: 'account-list' }, ...rows)];
  };

  openSheet(say('stars_sheet'), [place, said], { look: 'stars' });
  await act(wire.account(at));
}
