// The page's own words, in English and Russian, and how it writes times, sizes and prices.
// What bots say is theirs and is never translated.

import { WORDS } from './phrases.js';

const KEPT = 'atelier.sandbox.language';
const wanted = localStorage.getItem(KEPT) ?? navigator.language;

export const language = /^(ru|uk|be|kk)\b/i.test(wanted) ? 'ru' : 'en';
const words = WORDS[language];
const plural = new Intl.PluralRules(language);
const number = new Intl.NumberFormat(language);
const clock = new Intl.DateTimeFormat(language, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

// The phrase of a key; `n` chooses its plural form, and `{name}` holes are filled.
export function say(key, holes = {}) {
  let phrase = words[key];
  if (phrase === undefined) throw new Error(`no phrase for ${key}`);
  if (typeof phrase === 'object') phrase = phrase[plural.select(holes.n)] ?? phrase.other;
  return phrase.replace(/\{(\w+)\}/g, (_, name) => {
    const value = holes[name];
    return typeof value === 'number' ? number.format(value) : String(value);
  });
}

// The phrase of a key that may be newer than this page, or else what is given instead.
export function sayOr(key, instead) {
  return key in words ? say(key) : instead;
}

// The page is small and keeps its drafts, so that a reload is the simplest way to speak otherwise.
export function switchLanguage() {
  localStorage.setItem(KEPT, language === 'ru' ? 'en' : 'ru');
  location.reload();
}

export function time(seconds) {
  return clock.format(seconds * 1000);
}

export function sameDay(one, other) {
  return new Date(one * 1000).toDateString() === new Date(other * 1000).toDateString();
}

// "Today", "Yesterday", or a date, with the year when it isn't this one.
export function day(seconds, now) {
  if (sameDay(seconds, now)) return say('today');
  if (sameDay(seconds, now - 86400)) return say('yesterday');
  const date = new Date(seconds * 1000);
  const isThisYear = date.getFullYear() === new Date(now * 1000).getFullYear();
  const shape = { day: 'numeric', month: 'long', ...(isThisYear ? {} : { year: 'numeric' }) };
  return new Intl.DateTimeFormat(language, shape).format(date);
}

// A date with its year, in the middle of a sentence.
export function date(seconds) {
  const shape = { day: 'numeric', month: 'long', year: 'numeric' };
  return new Intl.DateTimeFormat(language, shape).format(seconds * 1000);
}

export function size(bytes) {
  const step = bytes < 1024 ? 0 : bytes < 1024 * 1024 ? 1 : 2;
  const shown = bytes / 1024 ** step;
  const digits = { maximumFractionDigits: step === 2 && shown < 100 ? 1 : 0 };
  return `${new Intl.NumberFormat(language, digits).format(shown)} ${say(`unit${step}`)}`;
}

export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

// A price in whole Stars, or in a currency's minor units.
export function price(amount, currency) {
  if (currency === 'XTR') return say('stars', { n: amount });
  const money = new Intl.NumberFormat(language, { style: 'currency', currency });
  return money.format(amount / 10 ** money.resolvedOptions().maximumFractionDigits);
}
