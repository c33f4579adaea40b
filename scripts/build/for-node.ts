import type { BuildOptions } from 'esbuild'

/** Of every file that a bundle is made of. */
export const FOR_NODE = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  minify: true,
  keepNames: true, // AppError's and zod's names are read
  logLevel: 'warning',
} as const satisfies BuildOptions
