import type { BuildOptions } from 'esbuild'
import { FOR_NODE } from './for-node.ts'
import { FRAMEWORK } from './framework.ts'
import { lazyOperations } from './lazy-operations.ts'
import { requiredBuiltins } from './required-builtins.ts'
import { restClients } from './rest-clients.ts'

/** A function's code as ES modules in `outdir`: index.mjs, and what it loads later. */
export function bundleOf(entry: string, outdir: string): BuildOptions {
  return {
    ...FOR_NODE,
    entryPoints: [entry],
    outdir,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    splitting: true, // a client that the first request does not need stays in a file of its own
    sourcemap: true,
    sourcesContent: false,
    external: [FRAMEWORK],
    plugins: [lazyOperations, requiredBuiltins, restClients],
    // What CommonJS packages expect to be there.
    banner: {
      js: [
        "import { createRequire as __createRequire } from 'node:module'",
        "import { fileURLToPath as __toPath } from 'node:url'",
        'const require = __createRequire(import.meta.url)',
        'const __filename = __toPath(import.meta.url)',
        "const __dirname = __toPath(new URL('.', import.meta.url))",
      ].join('\n'),
    },
  }
}
