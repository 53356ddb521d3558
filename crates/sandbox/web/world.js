// The drawer where the world can be made to misbehave: Telegram and fal, in plain words.

import { el } from './dom.js';
import { choice, field, openSheet, toast } from './sheets.js';
import * as wire from './wire.js';
import { say, sayOr } from './words.js';

const TELEGRAM = [
  'flood',
  'blocked',
  'timeout_after',
  'server_error',
  'unauthorized',
  'duplicate_update',
];
const METHODS = [
  'sendMessage',
  'sendPhoto',
  'sendDocument',
  'sendVideo',
  'sendVoice',
  'sendMediaGroup',
  'sendInvoice',
  'editMessageText',
  'editMessageCaption',
  'editMessageMedia',
  'editMessageReplyMarkup',
  'deleteMessage',
  'answerCallbackQuery',
  'answerPreCheckoutQuery',
  'getFile',
  'getUpdates',
];
// What can happen with fal: at which calls, the usual one first, and which number goes with it.
const CALLS = ['submit', 'status', 'result', 'cancel', 'upload', 'put', 'file'];
const FAL = new Map([
  ['late', { seconds: 60 }],
  ['duplicate', { count: 3 }],
  ['reordered', {}],
  ['never', {}],
  ['forged', {}],
  ['error', {}],
  ['completed_with_error', {}],
  ['422', { on: ['submit', 'result'] }],
  ['500', { on: CALLS }],
  ['503', { on: CALLS }],
  ['slow', { on: CALLS, seconds: 30 }],
  ['silent', { on: CALLS }],
  ['exhausted', { on: ['submit', 'upload'] }],
  ['accepted_but_lost', {}],
  ['unknown_state', {}],
  ['link_expired', {}],
]);

export function openWorld(person) {
  const sections = [telegram(person), fal()];
  openSheet(say('world'), [el('p', { class: 'sheet-note' }, say('world_text')), ...sections], {
    look: 'drawer',
  });
}

function telegram(person) {
  const method = choice(
    [['*', say('any_method')], ...METHODS.map((name) => [name, name])],
    'sendMessage',
  );
  const times = number(1);
  const wait = number(3);
  const only = person ? el('input', { type: 'checkbox' }) : null;
  const waitField = field(say('retry_after'), wait);
  const methodField = field(say('method'), method);
  const what = choice(
    TELEGRAM.map((name) => [name, say(`fault_${name}`)]),
    'flood',
    (name) => {
      waitField.hidden = name !== 'flood';
      methodField.hidden = name === 'duplicate_update';
    },
  );
  const onlyField =
    only &&
    el('label', { class: 'check' }, only, say('only_person', { person: person.first_name }));
  const read = () => ({
    fault: what.value,
    method: what.value === 'duplicate_update' ? '*' : method.value,
    times: Number(times.value),
    ...(what.value === 'flood' ? { retry_after: Number(wait.value) } : {}),
    ...(only?.checked ? { chat: person.id } : {}),
  });
  const fields = [
    field(say('what'), what),
    methodField,
    el('div', { class: 'pair' }, field(say('times'), times), waitField),
    onlyField,
  ];
  const tell = (fault) => [
    sayOr(`fault_${fault.fault}`, fault.fault),
    fault.method === '*' ? null : fault.method,
  ];
  return section('telegram', say('telegram_world'), fields, read, tell);
}

function fal() {
  const times = number(1);
  const count = number(1);
  const seconds = number(1);
  const where = choice([], '');
  const countField = field(say('count'), count);
  const secondsField = field(say('seconds'), seconds);
  const whereField = field(say('where'), where);
  const show = (name) => {
    const shape = FAL.get(name);
    countField.hidden = !shape.count;
    count.value = shape.count ?? 1;
    secondsField.hidden = !shape.seconds;
    seconds.value = shape.seconds ?? 1;
    whereField.hidden = !shape.on;
    where.replaceChildren(
      ...(shape.on ?? []).map((call) => el('option', { value: call }, say(`on_${call}`))),
    );
  };
  const choices = [...FAL.keys()].map((name) => [name, say(`fal_${name}`)]);
  const what = choice(choices, 'late', show);
  show('late');
  const read = () => {
    const shape = FAL.get(what.value);
    return {
      fault: what.value,
      times: Number(times.value),
      ...(shape.count ? { count: Number(count.value) } : {}),
      ...(shape.seconds ? { seconds: Number(seconds.value) } : {}),
      ...(shape.on ? { on: where.value } : {}),
    };
  };
  const pair = el('div', { class: 'pair' }, field(say('times'), times), countField, secondsField);
  const fields = [field(say('what'), what), whereField, pair];
  const tell = (fault) => [
    sayOr(`fal_${fault.fault}`, fault.fault),
    fault.on && sayOr(`on_${fault.on}`, fault.on),
  ];
  return section('fal', say('fal_world'), fields, read, tell);
}

const number = (value) =>
  el('input', { type: 'number', min: '1', max: '3600', value: String(value) });

// One world: what is set now, and a form that sets more.
function section(world, title, fields, read, tell) {
  const list = el('ul', { class: 'faults' });
  const clear = el('button', { type: 'button', class: 'button small quiet' }, say('world_clear'));
  const add = el('button', { type: 'submit', class: 'button' }, say('world_add'));
  const form = el('form', {}, ...fields, add);
  const node = el(
    'section',
    { class: 'world', 'data-world': world },
    el('header', {}, el('h3', {}, title), clear),
    list,
    form,
  );

  const draw = async () => {
    const set = await wire.faults(world).catch(() => null);
    form.hidden = set === null;
    const faults = set?.faults ?? set ?? [];
    clear.hidden = faults.length === 0;
    const rows = faults.map((fault) => {
      const left = fault.times === undefined ? null : say('left', { n: fault.times });
      return el('li', {}, [...tell(fault), left].filter(Boolean).join(' · '));
    });
    const none = el('li', { class: 'none' }, say(set === null ? 'world_missing' : 'world_none'));
    list.replaceChildren(...(rows.length > 0 ? rows : [none]));
  };
  const act = async (deed) => {
    await deed.catch((error) => toast(error.message, { isBad: true }));
    await draw();
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    act(wire.addFault(world, read()));
  });
  clear.addEventListener('click', () => act(wire.clearFaults(world)));
  draw();
  return node;
}
