import * as z from 'zod'

/** Text of at most `max` characters that Postgres can hold: it takes no NUL. */
export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((given) => !given.includes('\0'), 'No NUL characters.')

/** One line that says something: without spaces around it, and not empty. */
export const line = (max: number) => text(max).trim().min(1)

/** As line(), for what is shown in lists, letters and terminals: nothing that moves the cursor or turns the writing round. */
export const name = (max: number) =>
  z
    .string()
    .max(max)
    .trim()
    .min(1)
    .regex(/^[^\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]*$/u, 'Must not contain control characters.')
