import { builtinModules } from 'node:module'
import type { Plugin } from 'esbuild'

const BUILTIN = new RegExp(`^(node:.+|${builtinModules.join('|')})$`)

/**
 * Node's own modules by require, however they are asked for: an import reads each of their exports at once, for which
 * node:http loads a whole second HTTP client, a seventh of a cold start.
 */
export const requiredBuiltins: Plugin = {
  name: 'required-builtins',
  setup(build) {
    build.onResolve({ filter: BUILTIN }, ({ path, kind }) =>
      kind === 'require-call' ? { path, external: true } : { path, namespace: 'builtin' },
    )
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
    }))
  },
}
