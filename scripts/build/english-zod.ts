import type { Plugin } from 'esbuild'

/** zod's messages in English alone: its other fifty languages are a third of what a bundle parses at its start. */
export const englishZod: Plugin = {
  name: 'english-zod',
  setup(build) {
    build.onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
  },
}
