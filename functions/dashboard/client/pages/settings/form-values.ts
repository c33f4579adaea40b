/** What was written in a field; null when it was left empty. */
export const textOf = (form: FormData, name: string): string | null => String(form.get(name) ?? '').trim() || null

export function numberOf(form: FormData, name: string): number | null {
  const text = textOf(form, name)
  return text === null ? null : Number(text)
}
