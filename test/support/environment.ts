/** What every function's environment has, on no particular cloud; a test that talks to one sets CLOUD_ENDPOINT itself. */
process.env.GOOGLE_CLOUD_PROJECT = 'pulsepoint-test'
process.env.METADATA_SERVER_DETECTION = 'none'
// Small commits, so that the small stores of the tests have several.
process.env.COMMIT_NODES = '250'

// The product's log lines are made for Cloud Logging; among test results they only hide what failed. TEST_LOGS=1 shows them.
if (!process.env.TEST_LOGS) {
  const write = process.stdout.write
  process.stdout.write = (...args: unknown[]): boolean =>
    String(args[0]).startsWith('{"severity"') || Reflect.apply(write, process.stdout, args)
}
