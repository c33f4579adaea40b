/** One thing that is done daily, as the platform tenant. Stops in good time before the deadline (ms) and says what it did. */
export type Chore = { name: string; run: (deadline: number) => Promise<object> }
