// Loads one server: reads {url, connections, seconds, rate?, warmUpSeconds, lists} as JSON from its standard input and
// prints {perSecond, p50, p95, p99, failed}. `lists[n]` are the requests that connection n sends over and over; with a
// rate, requests begin at even intervals, whatever became of those before.
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import autocannon from 'autocannon'

const { url, connections, seconds, rate, warmUpSeconds, lists } = JSON.parse(await text(process.stdin))

async function saturate(duration, from) {
  let next = 0
  const times = []
  const instance = autocannon({
    url,
    connections,
    duration,
    setupClient: (client) => {
      const list = lists[next++ % lists.length]
      const start = Math.floor(list.length * from)
      client.setRequests([...list.slice(start), ...list.slice(0, start)])
    },
  })
  instance.on('response', (_client, _status, _bytes, ms) => times.push(ms))
  const { requests, non2xx, errors, timeouts } = await instance
  return { perSecond: requests.average, ...percentiles(times), failed: non2xx + errors + timeouts }
}

async function steady(duration, from) {
  const count = duration * rate
  const times = []
  let failed = 0
  const started = performance.now()
  const sent = Array.from({ length: count }, async (_, n) => {
    await wait((n * 1000) / rate)
    const list = lists[n % lists.length]
    const { path, ...init } = list[Math.floor(list.length * from + n / lists.length) % list.length]
    const begun = performance.now()
    const response = await fetch(`${url}${path}`, init).catch(() => null)
    await response?.arrayBuffer()
    times.push(performance.now() - begun)
    if (response?.status !== 200) failed += 1
  })
  await Promise.all(sent)
  return { perSecond: (count * 1000) / (performance.now() - started), ...percentiles(times), failed }
}

function percentiles(times) {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

const run = rate ? steady : saturate
await run(warmUpSeconds, 0)
console.log(JSON.stringify(await run(seconds, 0.5)))
