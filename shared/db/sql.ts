/** A statement with its values apart, as Postgres wants them. Built only by the `sql` tag, so that no value is ever pasted into text. */
export class Sql {
  readonly text: string
  readonly values: readonly unknown[]
  constructor(text: string, values: readonly unknown[]) {
    this.text = text
    this.values = values
  }
}

/** sql`select name from brands where brand_id = ${id}`: values become $1, $2 …; a nested Sql is spliced in with its values. */
export function sql(parts: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  const bound: unknown[] = []
  let text = parts[0] ?? ''
  values.forEach((value, index) => {
    if (value instanceof Sql) {
      text += value.text.replace(/\$(\d+)/g, (_, n: string) => `$${Number(n) + bound.length}`)
      bound.push(...value.values)
    } else {
      bound.push(value)
      text += `$${bound.length}`
    }
    text += parts[index + 1] ?? ''
  })
  return new Sql(text, bound)
}

/** Text written by us in code (names of columns and tables); never anything that came from outside. */
export const trusted = (text: string): Sql => new Sql(text, [])
