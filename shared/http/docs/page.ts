import { html, raw } from 'hono/html'
import * as z from 'zod'
import { ERRORS } from '../../errors.ts'
import { pathsOf } from '../../operation.ts'
import type { AnyOperation } from '../../operations/call.ts'
import { tagOf } from '../openapi.ts'
import { curlOf } from './curl.ts'
import { type Field, fieldsOf } from './fields.ts'
import { STYLE } from './style.ts'

type Html = ReturnType<typeof html>
const Examples = z.object({ examples: z.array(z.unknown()).default([]) })

/** The reference as one page without scripts: every operation with its fields, a command to try and what it answers. */
export function docsPage(operations: readonly AnyOperation[], serverUrl: string): string {
  const byTag = [...Map.groupBy(operations, (operation) => tagOf(pathsOf(operation)[0] ?? ''))]
  return String(html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pulsepoint API</title><style>${raw(STYLE)}</style></head>
<body>
<nav aria-label="Operations"><a href="#start"><strong>Pulsepoint API</strong></a>
${byTag.map(([tag, its]) => html`<h2>${tag}</h2><ul>${its.map(({ name }) => html`<li><a href="#${name}">${name}</a></li>`)}</ul>`)}
</nav>
<main>
${intro(serverUrl)}
${operations.map((operation) => sectionOf(operation, serverUrl))}
${errorTable()}
</main>
</body>
</html>`)
}

const intro = (serverUrl: string): Html => html`
<h1 id="start">Pulsepoint API</h1>
<p>Everything the dashboard does, for your own programs. JSON in snake_case; instants are RFC 3339 in UTC, days are
<code>YYYY-MM-DD</code> in the brand's zone, money is <code>{"amount": "123.45", "currency": "USD"}</code>.
The same as OpenAPI 3.1: <a href="/openapi.json">/openapi.json</a>.</p>
<h4>Begin</h4>
<pre tabindex="0">export KEY=pp_…        # an API key made by an admin of your company, or an access token
curl -H "Authorization: Bearer $KEY" ${serverUrl}/api/brands</pre>
<p>Lists answer at most 100 entries and a <code>next_cursor</code>; pass it on as <code>cursor</code> for the next page.
Every POST by a key or token takes an <code>Idempotency-Key</code>, a text of yours for this one wish: the same request again within
a day answers what the first one did, without doing it twice. <code>GET</code> answers carry an <code>ETag</code>; ask with <code>If-None-Match</code> and nothing new costs a 304.
<code>RateLimit-*</code> tells what is left, <code>Retry-After</code> when to come back; quote the <code>X-Request-ID</code> when you ask us for help.</p>`

function sectionOf(operation: AnyOperation, serverUrl: string): Html {
  const { name, description, http, permission, input, output } = operation
  const [path = '', ...aliases] = pathsOf(operation)
  const [example] = Examples.parse(z.toJSONSchema(output, { io: 'output', unrepresentable: 'any' })).examples
  return html`<section id="${name}" aria-labelledby="${name}-title">
<h3 id="${name}-title">${name}</h3>
<p class="route"><span class="verb ${http.method}">${http.method.toUpperCase()}</span> ${path}${aliases.map((alias) => html`<br>also ${alias}`)}</p>
<p>${description} <span class="needs">${needsOf(permission)}</span></p>
${fieldTable('Takes', fieldsOf(input, 'input'))}
<h4>Try it</h4><pre tabindex="0">${curlOf(operation, serverUrl)}</pre>
${fieldTable(`Answers ${http.status ?? 200}`, fieldsOf(output, 'output'))}
${example === undefined ? '' : html`<pre tabindex="0">${JSON.stringify(example, null, 2)}</pre>`}
</section>`
}

function needsOf(permission: AnyOperation['permission']): string {
  if (permission === 'public') return 'Needs no key.'
  return permission === 'authenticated' ? 'Needs a key or token.' : `Needs ${permission}.`
}

const fieldTable = (title: string, fields: readonly Field[]): Html | '' =>
  fields.length === 0
    ? ''
    : html`<h4>${title}</h4><div class="scroll"><table><thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>
${fields.map(({ name, type, isRequired, description }) => html`<tr><td>${name}</td><td>${type}${isRequired ? '' : ', optional'}</td><td>${description}</td></tr>`)}
</tbody></table></div>`

/** Only what a caller of HTTP can meet. */
const errorTable =
  (): Html => html`<section id="errors" aria-labelledby="errors-title"><h3 id="errors-title">Errors</h3>
<p>Every error is <code>{"error": {"code", "message", "request_id", "details"?}}</code>; the message says what was expected and what to do next.</p>
<div class="scroll"><table><thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Worth another try</th></tr></thead><tbody>
${Object.entries(ERRORS).map(([code, { status, retry }]) => html`<tr><td>${code}</td><td>${status}</td><td>${retry ? 'yes, after Retry-After' : 'no'}</td></tr>`)}
</tbody></table></div></section>`
