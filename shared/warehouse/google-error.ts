import * as z from 'zod'

const Refusal = z.object({ code: z.number() })
const PartialFailure = z.object({
  response: z.object({
    insertErrors: z
      .array(
        z.object({
          index: z.number().int(),
          errors: z.array(
            z.object({
              reason: z.string().default('unknown'),
              location: z.string().default(''),
              message: z.string().default(''),
            }),
          ),
        }),
      )
      .min(1),
  }),
})

/** The HTTP status that BigQuery answered; null when it did not answer. */
export const statusOf = (error: unknown): number | null => Refusal.safeParse(error).data?.code ?? null

/** What insertAll said of single rows, by their place in the request; null when the error is about the whole request. */
export const rowErrorsOf = (error: unknown) => PartialFailure.safeParse(error).data?.response.insertErrors ?? null

/** BigQuery changes no row for up to 90 minutes after it was streamed. Source: its DML limitations. */
export const isStreaming = (error: unknown): boolean =>
  statusOf(error) === BAD_REQUEST && error instanceof Error && /streaming buffer/i.test(error.message)

const BAD_REQUEST = 400
export const FORBIDDEN = 403
export const NOT_FOUND = 404
export const ALREADY_EXISTS = 409
export const TOO_LARGE = 413
