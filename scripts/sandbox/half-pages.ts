/** Requests whose list must come in half pages: the fault's note to the provider that serves them. */
const marked = new WeakSet<Request>()

export const askForHalfPages = (request: Request): void => {
  marked.add(request)
}

export const asksForHalfPages = (request: Request): boolean => marked.has(request)
