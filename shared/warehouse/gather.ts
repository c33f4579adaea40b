/**
 * One call for all who ask while the last one is under way: who comes first goes at once, who comes meanwhile goes together in
 * the next. No timer, because CPU is off between requests: a call is always within the request of one who asks. Who asks
 * under one key must act for one tenant; `work` runs as the first of them. When it fails, it fails for all of that call.
 */
export function gathering<Item, Answer>(
  work: (items: readonly [Item, ...Item[]]) => Promise<Answer>,
): (key: string, item: Item) => Promise<Answer> {
  const open = new Map<string, { items: [Item, ...Item[]]; answer: Promise<Answer> }>()
  const last = new Map<string, Promise<void>>()

  return (key, item) => {
    const joined = open.get(key)
    if (joined) {
      joined.items.push(item)
      return joined.answer
    }
    const items: [Item, ...Item[]] = [item]
    const answer = (last.get(key) ?? Promise.resolve()).then(() => {
      open.delete(key)
      return work(items)
    })
    open.set(key, { items, answer })
    const over = answer.then(ignore, ignore).then(() => {
      if (last.get(key) === over) last.delete(key)
    })
    last.set(key, over)
    return answer
  }
}

const ignore = (): void => undefined
