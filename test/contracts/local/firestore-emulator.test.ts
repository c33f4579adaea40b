import { test } from 'vitest'
import { findFirestoreEmulator } from './emulator.ts'
import { firestoreContract } from './firestore-contract.ts'

const google = findFirestoreEmulator()

if ('missing' in google) {
  console.log(`The Firestore contract was left out against Google's emulator: ${google.missing}.`)
  test.skip(`Firestore of Google's emulator: ${google.missing}`, () => {})
} else {
  firestoreContract("Google's emulator", google.start)
}
