// The page's own words: the same ones in each language, with all plural forms, and none in vain.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';

import { WORDS } from '../../crates/sandbox/web/phrases.js';

const folder = new URL('../../crates/sandbox/web/', import.meta.url);

test('Each phrase is there in each language, with the same holes', () => {
  for (const [language, words] of Object.entries(WORDS)) {
    assert.deepEqual(Object.keys(words), Object.keys(WORDS.en), language);
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
    for (const [key, phrase] of Object.entries(words)) {
      const isPlural = typeof WORDS.en[key] === 'object';
      assert.equal(typeof phrase === 'object', isPlural, `${language} ${key}`);
      if (isPlural) assert.deepEqual(Object.keys(phrase).toSorted(), forms, `${language} ${key}`);
      else assert.deepEqual(holes(phrase), holes(WORDS.en[key]), `${language} ${key}`);
    }
  }
});

const holes = (phrase) => (phrase.match(/\{\w+\}/g) ?? []).toSorted();

test('Each phrase is said somewhere', () => {
  const scripts = readdirSync(folder).filter((it) => it.endsWith('.js') && it !== 'phrases.js');
  const code = scripts.map((it) => readFileSync(new URL(it, folder), 'utf8')).join('\n');
  // These are put together from parts: kinds of faults, of actions, of units.
  const isMade = (key) => /^(fault_|fal_|eleven_|yoo_|on_|action_|unit)/.test(key);
  const idle = Object.keys(WORDS.en).filter((key) => !isMade(key) && !code.includes(`'${key}'`));
  assert.deepEqual(idle, []);
});
