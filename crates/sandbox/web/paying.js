// The sheet that pays an invoice, as Telegram asks: what for, how much, and is there enough.

import { el, icon } from './dom.js';
import { openSheet } from './sheets.js';
import * as wire from './wire.js';
import { price, say } from './words.js';

// `asked` names what is paid: {message_id}, or {link} and then no `invoice` is known. `stars` is
// what the person has; `onPaid` comes when the bot has agreed and the payment is done.
export function openPayment(at, asked, invoice, stars, onPaid) {
  const cost = invoice && price(invoice.total_amount, invoice.currency);
  const isShort = invoice?.currency === 'XTR' && stars < invoice.total_amount;
  const label = invoice ? say('pay', { price: cost }) : say('pay_plain');

  const said = el('p', { class: 'sheet-error', role: 'alert', hidden: !isShort });
  if (isShort) said.textContent = say('too_few');
  const props = { type: 'button', class: 'button primary wide', disabled: isShort };
  const button = el('button', props, label);
  const about = el(
    'div',
    { class: 'payment-about' },
    el('span', { class: 'payment-mark' }, icon('star')),
    el('h3', { dir: 'auto' }, invoice?.title ?? say('invoice')),
    el('p', { dir: 'auto' }, invoice?.description ?? say('by_link')),
  );
  const foot = el('footer', { class: 'sheet-foot' }, button);
  const content = [about, sums(invoice, stars), said, foot];
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

// What is asked, what there is, and what would be left, as far as these are known.
function sums(invoice, stars) {
  const rows = [];
  if (invoice) rows.push([say('to_pay'), price(invoice.total_amount, invoice.currency)]);
  if (!invoice || invoice.currency === 'XTR') rows.push([say('balance'), price(stars, 'XTR')]);
  if (invoice?.currency === 'XTR' && invoice.total_amount <= stars) {
    rows.push([say('after'), price(stars - invoice.total_amount, 'XTR')]);
  }
  const cells = rows.flatMap(([name, sum]) => [el('dt', {}, name), el('dd', {}, sum)]);
  return el('dl', { class: 'sums' }, ...cells);
}
