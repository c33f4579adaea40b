/** What every function's environment has, on no particular cloud; a test that talks to one sets CLOUD_ENDPOINT itself. */
process.env.GOOGLE_CLOUD_PROJECT = 'pulsepoint-test'
process.env.METADATA_SERVER_DETECTION = 'none'
