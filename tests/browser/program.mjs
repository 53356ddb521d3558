// The program under test, for those who start it, kill it and ask it for its books.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

// Where it is, and where the sandbox is that outlives it; `product.sh` says so.
export const program = process.env.ATELIER_PROGRAM;
export const world = process.env.ATELIER_WORLD;

// What `test` takes as options: a sandbox without the product behind it answers nobody.
export const needsProduct = {
  skip: program ? false : 'ATELIER_PROGRAM, the product, is not set; product.sh does it',
};

// Starts something; it is up when it has said so many lines, which are given with it.
export async function launch(command, args, { lines = 1, environment = {} } = {}) {
  const log = openSync(process.env.ATELIER_LOG ?? '/dev/null', 'a');
  const env = { ...process.env, ...environment };
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', log] });
  closeSync(log);
  const said = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (said.push(line) === lines) return { child, said };
  }
  throw new Error(`${command} ${args.join(' ')} did not start`);
}

// Ends what was started; SIGKILL leaves it no last words.
export async function end({ child }, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

// Proves the books of a data folder, as an operator does.
export async function check(data) {
  const child = spawn(program, ['check', '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = [];
  child.stdout.on('data', (part) => said.push(part));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the chain is broken: ${said.join('')}`);
}

// Two ports in a row that nobody has just now: the second is the chat page's.
export async function freePorts() {
  const servers = [];
  const hold = async (port) => {
    const server = createServer();
    servers.push(server);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server.address().port;
  };
  try {
    for (let tries = 0; tries < 20; tries += 1) {
      const port = await hold(0);
      const next = await hold(port + 1).catch(() => null);
      if (next) return port;
    }
  } finally {
    for (const server of servers.filter((it) => it.listening)) {
      server.close();
      await once(server, 'close');
    }
  }
  throw new Error('no two free ports in a row');
}
