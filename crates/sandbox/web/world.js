// The drawer where the world can be made to misbehave: Telegram, fal, ElevenLabs and YooKassa, in
// plain words.

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
// What can happen with a vendor: at which calls, the usual one first, and what goes with it.
const FAL_CALLS = ['submit', 'status', 'result', 'cancel', 'upload', 'put', 'file'];
const FAL = new Map([
  ['late', { seconds: 60 }],
  ['duplicate', { count: 3 }],
  ['reordered', {}],
  ['never', {}],
  ['forged', {}],
  ['error', {}],
  ['completed_with_error', {}],
  ['422', { on: ['submit', 'result'] }],
  ['500', { on: FAL_CALLS }],
  ['503', { on: FAL_CALLS }],
  ['slow', { on: FAL_CALLS, seconds: 30 }],
  ['silent', { on: FAL_CALLS }],
  ['exhausted', { on: ['submit', 'upload'] }],
  ['accepted_but_lost', {}],
  ['unknown_state', {}],
  ['link_expired', {}],
]);
const ELEVEN_CALLS = ['speech', 'list', 'voice', 'models', 'account', 'sample'];
const ELEVENLABS = new Map([
  ['quota', {}],
  ['401', { on: ELEVEN_CALLS }],
  ['busy', { on: ELEVEN_CALLS }],
  ['concurrency', { on: ELEVEN_CALLS }],
  ['concurrency_new', { on: ELEVEN_CALLS }],
  ['voice_gone', {}],
  ['422', { on: ELEVEN_CALLS }],
  ['500', { on: ELEVEN_CALLS }],
  ['503', { on: ELEVEN_CALLS }],
  ['slow', { on: ELEVEN_CALLS, seconds: 30 }],
  ['silent', { on: ELEVEN_CALLS }],
  ['torn', {}],
  ['half', {}],
  ['empty', {}],
  ['wrong_type', {}],
]);
const YOO_CHANGES = ['create', 'capture', 'cancel', 'refund'];
const YOO_CALLS = [...YOO_CHANGES, 'read', 'list', 'read_refund', 'list_refunds', 'me'];
const YOO_REASONS = [
  'general_decline',
  'insufficient_funds',
  'card_expired',
  'issuer_unavailable',
  'fraud_suspected',
  'payment_method_restricted',
  'permission_revoked',
];
const YOOKASSA = new Map([
  ['never', {}],
  ['duplicate', { count: 3 }],
  ['late', { seconds: 60 }],
  ['reordered', {}],
  ['early', {}],
  ['forged_amount', { amount: '99999.00' }],
  ['forged_success', {}],
  ['stranger', {}],
  ['declined', { reason: YOO_REASONS }],
  ['permission_revoked', {}],
  ['pending', { seconds: 60 }],
  ['refund_pending', { seconds: 60 }],
  ['refund_canceled', { reason: ['insufficient_funds', 'general_decline'] }],
  ['500', { on: YOO_CALLS }],
  ['500_after', { on: YOO_CHANGES }],
  ['lost', { on: YOO_CALLS }],
  ['silent', { on: YOO_CALLS }],
  ['slow', { on: YOO_CALLS, seconds: 30 }],
  ['202', { on: YOO_CHANGES }],
  ['401', { on: YOO_CALLS }],
  ['403', { on: YOO_CALLS }],
  ['429', { on: YOO_CALLS }],
  ['503', { on: YOO_CALLS }],
  ['other_test', {}],
  ['no_income', {}],
]);

export function openWorld(person) {
  const sections = [
    telegram(person),
    vendor('fal', say('fal_world'), FAL, 'fal_', 'on_'),
    vendor('elevenlabs', say('elevenlabs_world'), ELEVENLABS, 'eleven_', 'eleven_on_'),
    vendor('yookassa', say('yookassa_world'), YOOKASSA, 'yoo_', 'yoo_on_'),
  ];
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

// `prefix` begins the phrases of a vendor's faults, and `at` those of its calls.
function vendor(world, title, shapes, prefix, at) {
  const times = number(1);
  const amount = el('input', { type: 'text', inputmode: 'decimal', pattern: '\\d+\\.\\d\\d' });
  // What may go with a fault, and how it is read.
  const parts = {
    on: { field: 'where', control: choice([], ''), name: (call) => say(at + call) },
    reason: { field: 'reason', control: choice([], ''), name: (reason) => reason },
    count: { field: 'count', control: number(1), read: Number },
    seconds: { field: 'seconds', control: number(1), read: Number },
    amount: { field: 'sum', control: amount },
  };
  for (const part of Object.values(parts)) part.node = field(say(part.field), part.control);
  const show = (name) => {
    for (const [key, { node, control, name: told }] of Object.entries(parts)) {
      const given = shapes.get(name)[key];
      node.hidden = given === undefined;
      if (told) {
        const option = (value) => el('option', { value }, told(value));
        control.replaceChildren(...(given ?? []).map(option));
      } else if (given !== undefined) control.value = given;
    }
  };
  const choices = [...shapes.keys()].map((name) => [name, say(prefix + name)]);
  const what = choice(choices, choices[0][0], show);
  show(choices[0][0]);
  const read = () => {
    const fault = { fault: what.value, times: Number(times.value) };
    for (const [key, { control, read: as = String }] of Object.entries(parts))
      if (shapes.get(what.value)[key] !== undefined) fault[key] = as(control.value);
    return fault;
  };
  const { on, reason, ...few } = parts;
  const beside = Object.values(few).map(({ node }) => node);
  const pair = el('div', { class: 'pair' }, field(say('times'), times), ...beside);
  const fields = [field(say('what'), what), on.node, reason.node, pair];
  const tell = (fault) => [
    sayOr(prefix + fault.fault, fault.fault),
    fault.on && sayOr(at + fault.on, fault.on),
    fault.reason,
  ];
  return section(world, title, fields, read, tell);
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
