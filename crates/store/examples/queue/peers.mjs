// The other sides of the bench, each by its own documents: `node peers.mjs SIDE ADDRESS` prints
// its numbers as one line of JSON.

import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import pg from 'pg'
import PgBoss from 'pg-boss'

const [side, address] = process.argv.slice(2)
const HANDS = 8
const PICKED_UP = 200
const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

/** Calls `one` so many times, by so many callers who each wait for every call. */
async function rate(count, callers, one) {
  const begun = performance.now()
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let at = 0; at < count / callers; at++) await one()
    }),
  )
  return (count * 1000) / (performance.now() - begun)
}

/** Waits until so many were worked; says how many a second since `begun`. */
function counter() {
  let [count, goal, resolve] = [0, Infinity, null]
  return {
    one: () => ++count === goal && resolve?.(),
    reach: (more) =>
      new Promise((done) => {
        ;[count, goal, resolve] = [0, more, done]
      }),
  }
}

/** From the call that enqueues to the beginning of the work, in milliseconds. */
async function pickUp(enqueue, whenBegun) {
  const delays = []
  for (let at = 0; at < PICKED_UP + 50; at++) {
    await sleep(5)
    const enqueued = performance.now()
    const begun = whenBegun()
    await enqueue()
    const delay = (await begun) - enqueued
    if (at >= 50) delays.push(delay)
  }
  return delays.sort((one, other) => one - other)
}

async function graphile(inBatches) {
  const logger = new Logger(() => () => {})
  const pool = new pg.Pool({ connectionString: address, max: 10 })
  const utils = await makeWorkerUtils({ pgPool: pool, logger })
  await utils.migrate()
  const add = () => utils.addJob('work', { training: 'trn_x' })
  const worked = counter()
  let begin = null
  const taskList = {
    work: async () => {
      begin?.(performance.now())
      worked.one()
    },
  }
  const batches = { localQueue: { size: 100 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 }
  const start = () =>
    run({
      pgPool: pool,
      logger,
      taskList,
      concurrency: HANDS,
      pollInterval: 1000,
      noHandleSignals: true,
      preset: inBatches ? { worker: batches } : undefined,
    })
  let runner = await start()
  await sleep(500)
  const delays = await pickUp(add, () => new Promise((done) => (begin = done)))
  begin = null
  await runner.stop()
  const enqueued = await rate(1600, 1, add)
  const enqueuedByEight = await rate(1600, HANDS, add)
  const count = 3200 + 2400
  await pool.query(
    `SELECT graphile_worker.add_job('work', '{"training":"trn_x"}') FROM generate_series(1, ${count - 3200})`,
  )
  const done = worked.reach(count)
  const begun = performance.now()
  runner = await start()
  await done
  const rateWorked = (count * 1000) / (performance.now() - begun)
  await runner.stop()
  await utils.release()
  await pool.end()
  return { delays, enqueued, enqueuedByEight, rateWorked }
}

async function boss() {
  const boss = new PgBoss({ connectionString: address, max: 10 })
  boss.on('error', (error) => console.error(error))
  await boss.start()
  await boss.createQueue('work')
  const add = () => boss.send('work', { training: 'trn_x' })
  const worked = counter()
  let begin = null
  const start = () =>
    Promise.all(
      Array.from({ length: HANDS }, () =>
        // Half a second is the shortest that it takes; it looks and doesn't listen.
        boss.work('work', { pollingIntervalSeconds: 0.5, batchSize: 25 }, async (jobs) => {
          begin?.(performance.now())
          jobs.forEach(worked.one)
        }),
      ),
    )
  await start()
  const few = []
  for (let at = 0; at < 20; at++) {
    const enqueued = performance.now()
    const begun = new Promise((done) => (begin = done))
    await add()
    few.push((await begun) - enqueued)
    await sleep(13)
  }
  begin = null
  await boss.offWork('work')
  const enqueued = await rate(1600, 1, add)
  const enqueuedByEight = await rate(1600, HANDS, add)
  const count = 1200
  const done = worked.reach(count)
  const begun = performance.now()
  await start()
  await done
  const rateWorked = (count * 1000) / (performance.now() - begun)
  await boss.stop({ graceful: false })
  return { delays: few.sort((one, other) => one - other), enqueued, enqueuedByEight, rateWorked }
}

const its = side === 'pg-boss' ? await boss() : await graphile(side.endsWith('in batches'))
const share = (percent) => its.delays[Math.floor((its.delays.length * percent) / 100)]
console.log(
  JSON.stringify({
    enqueued: its.enqueued,
    enqueued_by_eight: its.enqueuedByEight,
    worked: its.rateWorked,
    pick_up_p50: share(50),
    pick_up_p99: share(99),
    memory: process.resourceUsage().maxRSS / 1024,
  }),
)
process.exit(0)
