// The sheet that pays an invoice, as Telegram asks: what for, how much, and is there enough.

import { el, icon } from './dom.js';
import { openSheet } from './sheets.js';
import * as wire from './wire.js';
import { price, say } from './words.js';

// `asked` names what is paid: {message_id}, or {link}. `stars` is what the person has; `onPaid`
// comes when the bot has agreed and the payment is done.
export function openPayment(at, asked, invoice, stars, onPaid) {
  const { total_amount: sum, currency, is_subscription: isMonthly } = invoice;
  const cost = price(sum, currency);
  const missing = currency === 'XTR' ? Math.max(0, sum - stars) : 0;
  const label = say(isMonthly ? 'subscribe' : 'pay', { price: cost });

  const said = el('p', { class: 'sheet-error', role: 'alert', hidden: missing === 0 });
  if (missing > 0) said.textContent = say('too_few');
  const props = { type: 'button', class: 'button primary wide', disabled: missing > 0 };
  const button = el('button', props, label);
  const about = el(
    'div',
    { class: 'payment-about' },
    el('span', { class: 'payment-mark' }, icon('star')),
    el('h3', { dir: 'auto' }, invoice.title),
    el('p', { dir: 'auto' }, invoice.description),
    isMonthly && el('p', { class: 'payment-monthly' }, say('monthly', { price: cost })),
  );
  const buy = async () => {
    try {
      const bought = await wire.addStars(at.person, missing);
      sheet.close();
      openPayment(at, asked, invoice, bought.stars, onPaid);
    } catch (error) {
      said.textContent = error.message;
    }
  };
  const more = { type: 'button', class: 'button wide', onclick: buy };
  const foot = el(
    'footer',
    { class: 'sheet-foot' },
    missing > 0 && el('button', more, say('get_stars', { stars: price(missing, 'XTR') })),
    button,
  );
  const content = [about, sums(sum, currency, stars), said, foot];
  const sheet = openSheet(say('payment'), content, { look: 'payment' });

  button.addEventListener('click', async () => {
    said.hidden = true;
    button.disabled = true;
    button.textContent = say('paying');
    const fail = (error) => ({ ok: false, error: error.message });
    const answer = await wire.pay(at, asked).catch(fail);
    if (answer.ok) {
      sheet.close();
      onPaid();
      return;
    }
    button.disabled = false;
    button.textContent = label;
    said.textContent = answer.error;
    said.hidden = false;
  });
}

// What is asked, what there is, and what would be left.
function sums(sum, currency, stars) {
  const rows = [[say('to_pay'), price(sum, currency)]];
  if (currency === 'XTR') rows.push([say('balance'), price(stars, 'XTR')]);
  if (currency === 'XTR' && sum <= stars) rows.push([say('after'), price(stars - sum, 'XTR')]);
  const cells = rows.flatMap(([name, told]) => [el('dt', {}, name), el('dd', {}, told)]);
  return el('dl', { class: 'sums' }, ...cells);
}
