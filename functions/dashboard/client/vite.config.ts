import { fileURLToPath } from 'node:url'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type HtmlTagDescriptor, type Plugin, type Rolldown } from 'vite'

/**
 * Lets the browser fetch the pages' script, which boot.ts imports, together with boot.ts. Not as `modulepreload`: compiling
 * it would go before running boot.ts, whose requests are to be on their way by then.
 */
const preload: Plugin = {
  name: 'preload-main',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle = {} }) => Object.values(bundle).filter(isMain).map(linkTo),
  },
}
const isMain = (file: Rolldown.OutputAsset | Rolldown.OutputChunk): boolean =>
  file.type === 'chunk' && file.facadeModuleId?.endsWith('/client/main.tsx') === true
const linkTo = ({ fileName }: { fileName: string }): HtmlTagDescriptor => ({
  tag: 'link',
  attrs: { rel: 'preload', as: 'script', crossorigin: true, href: `/${fileName}` },
  injectTo: 'head',
})

/** The pages, into dist/ beside this file: the dashboard function reads them there. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), tailwind(), preload],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2024',
    // An inlined file would be a data: URL, which the policy refuses for styles and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
})
