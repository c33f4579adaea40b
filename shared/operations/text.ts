import * as z from 'zod'

/** Text of at most `max` characters that Postgres can hold: it takes no NUL. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((given) => !given.includes('\0'), 'No NUL characters.')

/** One line that says something: without spaces around it, and not empty. */
export const line = (max: number) => text(max).trim().min(1)
