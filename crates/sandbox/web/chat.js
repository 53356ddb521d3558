// The chat page: finds out who and what is in the sandbox, and opens the chat that the address
// names ("#bot/person"; a group stands where a person does). Without a person a narrow window shows the people, a wide one a chat.

import { el } from './dom.js';
import { groupsOf, People } from './people.js';
import { Talk } from './talk.js';
import * as wire from './wire.js';
import { language, say } from './words.js';
import { openWorld } from './world.js';

const LAST = 'atelier.sandbox.chat';
const RETRY_MS = 1500;
const narrow = matchMedia('(max-width: 720px)');

const root = document.getElementById('app');
let sandbox = { bots: [], people: [], now: Date.now() };
let clockAhead = 0;
let talk = null;
let open = null;

const people = new People({
  onChoose: (bot, person) => {
    location.hash = address({ bot, person: personOf(bot, person) ? person : null });
  },
  onAdded: async (person) => {
    await refresh();
    location.hash = address({ bot: open?.bot ?? sandbox.bots[0].id, person: person.id });
  },
  onLook: async () => {
    if (!open) return;
    await refresh();
    await people.look();
  },
  onWorld: showWorld,
});
const place = el('div', { class: 'place' });

const app = {
  now: () => (Date.now() + clockAhead) / 1000,
  stars: (person) => sandbox.people.find(({ id }) => id === person)?.stars ?? 0,
  onLast: (at, message) => people.noteLast(at, message),
  onBack: () => {
    location.hash = address({ bot: open.bot, person: null });
  },
  onWorld: showWorld,
  openBot,
  refresh,
};

document.documentElement.lang = language;
document.title = `${say('title')} · Atelier`;
root.replaceChildren(people.node, place);
addEventListener('hashchange', route);
narrow.addEventListener('change', route);
// A file dropped beside the chat must not make the browser leave the page for it.
for (const name of ['dragover', 'drop']) addEventListener(name, (event) => event.preventDefault());
start();

async function start() {
  const isThere = await refresh();
  if (isThere && isPeopled()) {
    route();
    return;
  }
  const [title, text] = isThere ? [say('no_bots'), say('no_bots_hint')] : ['', say('unreachable')];
  const said = el('p', { role: 'status' }, text);
  place.replaceChildren(el('div', { class: 'waiting-place' }, el('h2', {}, title), said));
  document.body.dataset.pane = 'chat';
  setTimeout(start, RETRY_MS);
}

function showWorld() {
  openWorld(sandbox.people.find(({ id }) => id === open?.person));
}

const isPeopled = () => sandbox.bots.length > 0 && sandbox.people.length > 0;

// Asks who is there; says whether the sandbox answered.
async function refresh() {
  const before = JSON.stringify(sandbox.bots);
  try {
    sandbox = await wire.state();
  } catch {
    return false;
  }
  clockAhead = sandbox.now - Date.now();
  people.draw(sandbox.bots, sandbox.people, open);
  if (!talk) return true;
  if (!parse(address(open))) location.reload();
  else if (before !== JSON.stringify(sandbox.bots)) talk.loadCommands();
  return true;
}

function route() {
  if (!isPeopled()) return;
  const wanted = wantedPlace();
  document.body.dataset.pane = wanted.person ? 'chat' : 'people';
  history.replaceState(null, '', `#${address(wanted)}`);
  if (wanted.person) localStorage.setItem(LAST, address(wanted));
  if (talk && address(wanted) !== address(open)) {
    talk.close();
    talk = null;
  }
  open = wanted;
  people.draw(sandbox.bots, sandbox.people, open);
  if (wanted.person && !talk) {
    const bot = sandbox.bots.find(({ id }) => id === wanted.bot);
    const person = personOf(wanted.bot, wanted.person);
    talk = new Talk(bot, person, app);
    place.replaceChildren(talk.node);
    if (!narrow.matches) talk.focus();
  }
  people.look();
}

// Where the address leads, as far as that is here; a wide window always has a chat open. Who comes
// back from elsewhere is the person that was "last" looked at.
function wantedPlace() {
  const last = parse(localStorage.getItem(LAST) ?? '');
  const named = parse(location.hash.slice(1));
  const bot = (named ?? last)?.bot ?? sandbox.bots[0].id;
  const isAway = narrow.matches && !location.hash.endsWith('/last');
  const before = personOf(bot, last?.person) ?? sandbox.people[0];
  const shown = isAway ? null : before.id;
  return { bot, person: named?.person ?? shown };
}

const address = ({ bot, person }) => (person ? `${bot}/${person}` : String(bot));

// The bot and the person that an address names, if they are here. Without a person it means the
// people of the bot.
function parse(text) {
  const [bot, person] = text.split('/').map(Number);
  if (!sandbox.bots.some(({ id }) => id === bot)) return null;
  if (!person) return { bot, person: null };
  return personOf(bot, person) ? { bot, person } : null;
}

// The person of that number, or the group that the bot is in.
function personOf(bot, number) {
  const groups = sandbox.bots.filter(({ id }) => id === bot).flatMap(groupsOf);
  return [...sandbox.people, ...groups].find(({ id }) => id === number);
}

// Opens the chat of the same person with the bot of that name and starts it, as a link to it would
// in Telegram; false if it isn't here.
function openBot(username, payload) {
  const bot = sandbox.bots.find((it) => it.username.toLowerCase() === username.toLowerCase());
  if (!bot) return false;
  const { id } = personOf(bot.id, open.person) ?? sandbox.people[0];
  location.hash = address({ bot: bot.id, person: id });
  route();
  if (payload) talk.say(`/start ${payload}`);
  return true;
}
