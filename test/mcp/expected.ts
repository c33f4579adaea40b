import type { Outcome } from './judge.ts'

type Expected = { outcome: Exclude<Outcome, 'passed'>; because: string }

const ASKS_BACK: Expected = {
  outcome: 'failed',
  because: 'the server asks clients for nothing: their answer may reach another instance, which knows no such question',
}
const NO_SUBSCRIPTION: Expected = {
  outcome: 'failed',
  because: 'subscriptions are not declared: nothing of a client outlives its request, so nobody would be told',
}
const NO_LOGGING: Expected = {
  outcome: 'failed',
  because: 'logging is not declared: log lines are ours, and there is no session to keep a level in',
}

/** What does not pass, each with its reason; everything else must. */
export const EXPECTED: Readonly<Record<string, Expected>> = {
  'logging-set-level': NO_LOGGING,
  'tools-call-with-logging': NO_LOGGING,
  'tools-call-sampling': ASKS_BACK,
  'tools-call-elicitation': ASKS_BACK,
  'elicitation-sep1034-defaults': ASKS_BACK,
  'elicitation-sep1330-enums': ASKS_BACK,
  'resources-subscribe': NO_SUBSCRIPTION,
  'resources-unsubscribe': NO_SUBSCRIPTION,
  'server-sse-polling': {
    outcome: 'not run',
    because: 'answers are JSON unless a client asks for progress: the suite then checks nothing',
  },
  'server-sse-multiple-streams': {
    outcome: 'not run',
    because: 'there are no sessions: without a session id the suite checks nothing',
  },
}
