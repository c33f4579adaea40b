import { test } from 'vitest'
import { findPubSubEmulator } from './emulator.ts'
import { pubsubContract } from './pubsub-contract.ts'

const google = findPubSubEmulator()

if ('missing' in google) {
  console.log(`The Pub/Sub contract was left out against Google's emulator: ${google.missing}.`)
  test.skip(`Pub/Sub of Google's emulator: ${google.missing}`, () => {})
} else {
  pubsubContract("Google's emulator", google.start, { contentType: 'application/x-www-form-urlencoded', filters: true })
}
