/** The page's only style sheet; its hash stands in the page's Content-Security-Policy. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #17202a; --soft: #5b6775; --line: #dfe4ea; --paper: #ffffff; --tint: #f5f7f9; --accent: #0b6e4f;
  --get: #0b5cad; --post: #0b6e4f; --put: #8a5a00; --patch: #8a5a00; --delete: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaef; --soft: #9aa6b2; --line: #2b333d; --paper: #12171d; --tint: #1a2129;
  --accent: #4cc38a; --get: #6cb2ff; --post: #4cc38a; --put: #e5b567; --patch: #e5b567; --delete: #ff8a80; } }
* { box-sizing: border-box }
html { scroll-behavior: smooth; scroll-padding-top: 1.5rem }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; display: grid; grid-template-columns: 17rem minmax(0, 1fr) }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1.25rem; border-right: 1px solid var(--line); font-size: .875rem }
nav h2 { margin: 1.25rem 0 .25rem; font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft) }
nav ul { list-style: none; margin: 0; padding: 0 }
nav a { display: block; padding: .15rem 0; color: inherit; text-decoration: none; overflow-wrap: anywhere }
nav a:hover, nav a:focus-visible { color: var(--accent); text-decoration: underline }
main { padding: 2rem clamp(1rem, 4vw, 3.5rem) 6rem; max-width: 68rem }
main a { color: var(--accent) }
h1 { margin: 0 0 .5rem; font-size: 2rem; letter-spacing: -.02em }
h1 + p { font-size: 1.1rem; color: var(--soft) }
section { padding: 2rem 0; border-top: 1px solid var(--line) }
h3 { margin: 0 0 .35rem; font-size: 1.2rem }
.route { margin: 0 0 .75rem; font: .9rem/1.6 ui-monospace, monospace; overflow-wrap: anywhere }
.verb { font-weight: 700 } .get { color: var(--get) } .post { color: var(--post) } .put { color: var(--put) } .patch { color: var(--patch) } .delete { color: var(--delete) }
.needs { color: var(--soft); font-size: .875rem }
table { width: 100%; border-collapse: collapse; font-size: .875rem; margin: .25rem 0 1rem }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line) }
th { color: var(--soft); font-weight: 600 }
td:first-child { font-family: ui-monospace, monospace; white-space: nowrap }
h4 { margin: 1rem 0 .25rem; font-size: .8rem; letter-spacing: .05em; text-transform: uppercase; color: var(--soft) }
pre { margin: 0; padding: .85rem 1rem; background: var(--tint); border: 1px solid var(--line); border-radius: .5rem; overflow-x: auto; font: .825rem/1.6 ui-monospace, monospace }
pre:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }
code { font-family: ui-monospace, monospace; font-size: .9em }
@media (max-width: 52rem) { body { display: block } nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line) } .scroll { overflow-x: auto } }
`
