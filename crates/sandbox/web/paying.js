// The sheet that pays an invoice, as Telegram asks: what for, how much, and is there enough.

import { el, icon } from './dom.js';
import { openSheet } from './sheets.js';
import * as wire from './wire.js';
import { price, say } from './words.js';

// `stars` is what the person has; `onPaid` comes when the bot has agreed and the payment is done.
export function openPayment(at, message, stars, onPaid) {
  const { invoice } = message;
  const isStars = invoice.currency === 'XTR';
  const isShort = isStars && stars < invoice.total_amount;
  const cost = price(invoice.total_amount, invoice.currency);

  const said = el(
    'p',
    { class: 'sheet-error', role: 'alert', hidden: !isShort },
    isShort ? say('too_few') : '',
  );
  const button = el(
    'button',
    { type: 'button', class: 'button primary wide', disabled: isShort },
    say('pay', { price: cost }),
  );
  const rows = [[say('to_pay'), cost]];
  if (isStars) {
    rows.push([say('balance'), price(stars, 'XTR')]);
    if (!isShort) rows.push([say('after'), price(stars - invoice.total_amount, 'XTR')]);
  }
  const sums = el(
    'dl',
    { class: 'sums' },
    ...rows.flatMap(([name, sum]) => [el('dt', {}, name), el('dd', {}, sum)]),
  );
  const about = el(
    'div',
    { class: 'payment-about' },
    el('span', { class: 'payment-mark' }, icon('star')),
    el('h3', { dir: 'auto' }, invoice.title),
    el('p', { dir: 'auto' }, invoice.description),
  );
  const sheet = openSheet(
    say('payment'),
    [about, sums, said, el('footer', { class: 'sheet-foot' }, button)],
    { look: 'payment' },
  );

  button.addEventListener('click', async () => {
    button.disabled = true;
    button.classList.add('waiting');
    button.textContent = say('paying');
    said.hidden = true;
    const answer = await wire
      .pay(at, message.message_id)
      .catch((error) => ({ ok: false, error: error.message }));
    if (answer.ok) {
      sheet.close();
      onPaid();
      return;
    }
    button.disabled = false;
    button.classList.remove('waiting');
    button.textContent = say('pay', { price: cost });
    said.textContent = answer.error;
    said.hidden = false;
  });
}
