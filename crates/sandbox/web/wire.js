// The roads to the sandbox: questions, deeds, files with progress, and the stream of events.

// What the sandbox said no to, in its own words, or what kept us from asking.
export class Refused extends Error {}

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { cache: 'no-store', ...options });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Refused('no connection');
  }
  const said = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(said?.error ?? `HTTP ${answer.status}`);
  return said;
}

function tell(path, body) {
  const headers = { 'content-type': 'application/json' };
  return ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

export const state = () => ask('/sandbox/state');
export const addPerson = (person) => tell('/sandbox/people', person);
export const chat = (at) => ask(`/sandbox/chat?bot=${at.bot}&person=${at.person}`);
// `at` may have the message that is replied to.
export const say = (at, text) => tell('/sandbox/say', { ...at, text });
export const press = (at, message_id, data) => tell('/sandbox/press', { ...at, message_id, data });
export const pay = (at, asked) => tell('/sandbox/pay', { ...at, ...asked });
export const invoice = (at, link) =>
  ask(`/sandbox/invoice?bot=${at.bot}&link=${encodeURIComponent(link)}`);
export const account = (at) => ask(`/sandbox/stars?bot=${at.bot}&person=${at.person}`);
export const addStars = (person, amount) => tell('/sandbox/stars', { person, amount });
export const changeSubscription = (at, telegram_payment_charge_id, deed) =>
  tell('/sandbox/subscription', { ...at, telegram_payment_charge_id, deed });
export const block = (at, blocked) => tell('/sandbox/block', { ...at, blocked });
export const fileUrl = (id) => `/sandbox/files/${encodeURIComponent(id)}`;

const faultsOf = (world) =>
  world === 'telegram' ? '/sandbox/faults' : `/sandbox/${world}/faults`;
export const addFault = (world, fault) => tell(faultsOf(world), fault);
export const clearFaults = (world) => ask(faultsOf(world), { method: 'DELETE' });
export const faults = (world) => ask(faultsOf(world));

// Sends one album or one file with what is known of it. Only XMLHttpRequest tells how much has
// gone.
export function send(at, { as, files, caption, facts }, onProgress, signal) {
  const form = new FormData();
  form.append('bot', at.bot);
  form.append('person', at.person);
  form.append('as', as);
  if (at.replied) form.append('replied', at.replied);
  if (caption) form.append('caption', caption);
  for (const [name, value] of Object.entries(facts)) form.append(name, value);
  for (const file of files) form.append('file', file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/sandbox/send');
    request.responseType = 'json';
    request.upload.onprogress = (event) => onProgress(event.loaded / Math.max(1, event.total));
    request.onload = () => {
      if (request.status < 300) resolve(request.response);
      else reject(new Refused(request.response?.error ?? `HTTP ${request.status}`));
    };
    request.onerror = () => reject(new Refused('no connection'));
    request.onabort = () => reject(new DOMException('stopped', 'AbortError'));
    signal.addEventListener('abort', () => request.abort());
    request.send(form);
  });
}

const RETRY_MS = [500, 1000, 2000, 4000];

// Listens to one chat until closed. The browser mends a broken stream by itself but gives up on
// a refused one, as after a restart, so that is tried again here. `onOpen` comes each time.
export function listen(at, { onOpen, onEvent, onLost }) {
  let source;
  let timer;
  let tries = 0;
  const open = () => {
    source = new EventSource(`/sandbox/events?bot=${at.bot}&person=${at.person}`);
    source.onopen = () => {
      tries = 0;
      onOpen();
    };
    source.onmessage = (event) => onEvent(JSON.parse(event.data));
    source.onerror = () => {
      onLost();
      if (source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]);
      tries += 1;
    };
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
