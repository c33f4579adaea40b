import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Plugin } from 'esbuild'

/**
 * Google's clients talk REST here (shared/cloud), for which they read their protos as JSON. gRPC, and the same protos a second
 * time as classes, are two thirds of what loading one of them parses: a bundle has neither, only the codes of gRPC's answers.
 */
export const restClients: Plugin = {
  name: 'rest-clients',
  setup(build) {
    build.onLoad({ filter: /\/@google-cloud\/(secret-manager|pubsub|tasks)\/build\/protos\/protos\.c?js$/ }, nothing)
    build.onLoad({ filter: /\/google-gax\/build\/protos\/\w+\.js$/ }, nothing)
    build.onLoad({ filter: /\/google-gax\/build\/src\/grpc\.js$/ }, nothing)
    build.onLoad({ filter: /\/@google-cloud\/tasks\/build\/esm\/src\/v\w+\/cloud_tasks_client\.js$/ }, withItsJson)
    build.onResolve({ filter: /^@grpc\/grpc-js$/ }, async ({ resolveDir, kind }) => {
      const gax = await build.resolve('google-gax', { resolveDir, kind })
      return { path: gax.path.replace(/index\.js$/, 'status.js'), namespace: 'grpc-codes' }
    })
    build.onLoad({ filter: /./, namespace: 'grpc-codes' }, ({ path: codes }) => ({
      // What the Pub/Sub client asks of gRPC wherever it is told an endpoint, and never shows to anybody over REST.
      contents: `exports.status = require(${JSON.stringify(codes)}).Status\nexports.credentials = { createInsecure: () => null }`,
      resolveDir: '/',
    }))
  },
}

const nothing = () => ({ contents: '' })

/** This client alone reads its JSON at run time, from files beside its own, where a bundle has none. */
async function withItsJson({ path: file }: { path: string }) {
  const code = await readFile(file, 'utf8')
  const contents = code.replace(/getJSON\(path\.join\(dirname, ([^)]+)\)\)/g, (_, names: string) => {
    const steps = [...names.matchAll(/'([^']+)'/g)].map(([, step = '']) => step)
    return `require(${JSON.stringify(path.join(path.dirname(file), ...steps))})`
  })
  return { contents }
}
