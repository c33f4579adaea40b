/** How often what changes by itself is asked for again; unchanged, it costs a 304. */
export const POLL_MS = 15_000
/** While a sync runs. */
export const BUSY_POLL_MS = 2_000
