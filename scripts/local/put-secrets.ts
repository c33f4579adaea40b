/** Puts secrets into the local Secret Manager; a new version only where the value differs. */
export async function putSecrets(
  cloudUrl: string,
  projectId: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const base = `${cloudUrl}/v1/projects/${projectId}/secrets`
  for (const [name, value] of Object.entries(values)) {
    const data = Buffer.from(value).toString('base64')
    const latest = await fetch(`${base}/${name}/versions/latest:access`)
    const known = latest.ok ? ((await latest.json()) as { payload: { data: string } }).payload.data : null // our own local cloud's answer
    if (known === data) continue
    await post(`${base}?secretId=${name}`, { replication: { automatic: {} } }, [200, 409])
    await post(`${base}/${name}:addVersion`, { payload: { data } }, [200])
  }
}

async function post(url: string, body: object, expected: readonly number[]): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!expected.includes(answer.status))
    throw new Error(`POST ${new URL(url).pathname} answered ${answer.status}: ${await answer.text()}`)
}
