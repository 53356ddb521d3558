// One message, or one album, as it is seen in the chat.

import { el, icon, iconButton } from './dom.js';
import { inlineKeyboard } from './keyboards.js';
import { isVisual, kindOf, media } from './media.js';
import { rich } from './rich.js';
import { date, price, say, time } from './words.js';

// A message that is told of between the bubbles: payments and the like; null for the others.
export function notice(message) {
  const { successful_payment: paid, refunded_payment: refunded } = message;
  if (paid) {
    const sum = price(paid.total_amount, paid.currency);
    if (!paid.is_recurring) return say('you_paid', { price: sum });
    const until = date(paid.subscription_expiration_date);
    return say(paid.is_first_recurring ? 'subscribed' : 'renewed', { price: sum, until });
  }
  if (refunded) return say('refunded', { price: price(refunded.total_amount, refunded.currency) });
  if (message.pinned_message) return say('pinned');
  return null;
}

// What a list of chats says of a message.
export function summary(message) {
  const told = notice(message);
  if (told) return told;
  if (message.text !== undefined) return message.text;
  if (message.caption) return message.caption;
  if (message.media_group_id && isVisual(message)) return say('album');
  if (message.document?.file_name) return message.document.file_name;
  if (message.invoice) return message.invoice.title;
  const kind = kindOf(message);
  return say(kind === 'video_note' ? 'video' : kind);
}

// The inside of a row. `old` is what this made for the same row before: pictures and buttons that
// are still the same are moved over, so that an edited caption doesn't make a picture blink, stop
// a film or take a button away under a finger.
export function bubble(messages, act, old) {
  const [first] = messages;
  const told = notice(first);
  if (told) return { node: el('div', { class: 'notice' }, told) };

  const mediaKey = JSON.stringify(messages.map(mediaOf));
  const content = old?.mediaKey === mediaKey ? old.content : media(messages);
  const words = captionOf(messages);
  const isBare = content !== null && words === null && !first.invoice && messages.every(isVisual);
  const isFloating = kindOf(first) === 'sticker' || kindOf(first) === 'video_note';

  const meta = el('span', { class: 'meta' }, ...metaOf(messages));
  const parts = [quote(first), first.invoice ? invoice(first.invoice) : null];
  const box = el('div', { class: 'bubble' }, ...parts);
  if (content && first.show_caption_above_media && words)
    box.append(text(words, act), content.node, meta);
  else if (words) box.append(...(content ? [content.node] : []), text(words, act, meta));
  else if (content) box.append(content.node, meta);
  else if (first.invoice) box.append(meta);
  else box.append(el('div', { class: 'text strange' }, say('other_kind'), meta));
  box.classList.toggle('has-visual', content !== null && messages.every(isVisual));
  box.classList.toggle('bare', isBare);
  box.classList.toggle('floating', isFloating);

  const last = messages.at(-1);
  const keysKey = JSON.stringify([last.message_id, last.reply_markup, act.isPaid(last)]);
  const keys = old?.keysKey === keysKey ? old.keys : inlineKeyboard(last, act);
  const stack = el('div', { class: 'stack' }, box, keys, replyTo(first, act));
  if (content?.width) stack.style.setProperty('--wide', `${content.width}px`);
  stack.classList.toggle('sized', Boolean(content?.width));
  return { node: stack, mediaKey, content, keysKey, keys };
}

// The fields that decide how a message's content looks, without its words.
function mediaOf(message) {
  const kind = kindOf(message);
  return kind === 'text' ? null : [kind, message[kind] ?? null, message.has_media_spoiler ?? false];
}

// An album has one caption: that of the only message in it that has one.
function captionOf(messages) {
  const said = messages.filter((message) => message.html);
  return said.length === 1 ? said[0].html : said.map((message) => message.html).join('\n') || null;
}

function text(html, act, meta = null) {
  return el('div', { class: 'text', dir: 'auto' }, rich(html, act), meta);
}

function metaOf(messages) {
  const last = messages.at(-1);
  const when = el('time', { datetime: new Date(last.date * 1000).toISOString() }, time(last.date));
  const isEdited = messages.some((message) => message.edited);
  return isEdited ? [el('span', { class: 'edited' }, say('edited')), ' ', when] : [when];
}

// How a message is replied to, where that is done: only bots' own messages lead back to them.
function replyTo(message, act) {
  if (!act.onReply || message.outgoing) return null;
  return iconButton('reply', say('reply'), () => act.onReply(message), { class: 'reply' });
}

function quote(message) {
  const about = message.reply_to_message;
  if (!about) return null;
  const who = about.from?.first_name ?? '';
  const props = { class: 'quote' };
  return el('div', props, el('b', {}, who), el('span', { dir: 'auto' }, summary(about)));
}

function invoice(asked) {
  return el(
    'div',
    { class: 'invoice' },
    el('div', { class: 'invoice-price' }, icon('star'), price(asked.total_amount, asked.currency)),
    el('div', { class: 'invoice-title', dir: 'auto' }, asked.title),
    el('div', { class: 'invoice-text', dir: 'auto' }, asked.description),
  );
}
