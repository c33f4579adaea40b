// Loads one server: reads {url, connections, seconds, rate?, warmUpSeconds, lists} as JSON from its standard input and
// prints what autocannon measured. `lists[n]` are the requests that connection n sends over and over.
import { text } from 'node:stream/consumers'
import autocannon from 'autocannon'

const { url, connections, seconds, rate, warmUpSeconds, lists } = JSON.parse(await text(process.stdin))

async function run(duration, from) {
  let next = 0
  const { requests, latency, non2xx, errors, timeouts } = await autocannon({
    url,
    connections,
    duration,
    ...(rate && { overallRate: rate }),
    setupClient: (client) => {
      const list = lists[next++ % lists.length]
      const start = Math.floor(list.length * from)
      client.setRequests([...list.slice(start), ...list.slice(0, start)])
    },
  })
  return {
    perSecond: requests.average,
    p50: latency.p50,
    p97: latency.p97_5,
    p99: latency.p99,
    failed: non2xx + errors + timeouts,
  }
}

await run(warmUpSeconds, 0)
console.log(JSON.stringify(await run(seconds, 0.5)))
