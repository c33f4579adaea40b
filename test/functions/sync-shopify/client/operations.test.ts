import { describe, expect, it } from 'vitest'
import { begin, look } from '../../../../functions/sync-shopify/client/bulk/operations.ts'
import { clientAt, shopAnswering } from '../shop.ts'

const ID = 'gid://shopify/BulkOperation/4046733967549'
const URL = 'https://files.example/bulk.jsonl?response-content-disposition=attachment;+filename="bulk.jsonl"'
const answering = async (body: object) => clientAt((await shopAnswering(() => Response.json(body))).url)
const ran = (payload: object) => ({
  data: { bulkOperationRunQuery: { bulkOperation: null, userErrors: [], ...payload } },
})
const busy = `A bulk query operation for this app and shop is already in progress: ${ID}.`

describe('the beginning of a bulk operation', () => {
  it.each<[string, object, object | string]>([
    ['begun', ran({ bulkOperation: { id: ID, status: 'CREATED' } }), { job: ID }],
    ['begun, with a file already', ran({ bulkOperation: { id: ID, status: 'CREATED', url: `"${URL}"` } }), { job: ID }],
    ['busy, in words', ran({ userErrors: [{ field: null, message: busy }] }), 'busy'],
    ['busy, by its code', ran({ userErrors: [{ field: null, message: 'No', code: 'LIMIT_REACHED' }] }), 'busy'],
    ['an error of a field', ran({ userErrors: [{ field: 'some_field', message: 'Wrong' }] }), { refused: 'unknown' }],
    [
      'an invalid query',
      ran({ userErrors: [{ field: ['query'], message: 'No', code: 'INVALID' }] }),
      { refused: 'INVALID' },
    ],
    ['an error without a code', { errors: [{ message: 'Wrong' }] }, { refused: 'PROVIDER_REJECTED' }],
  ])('%s', async (_, body, expected) => {
    expect(await begin(await answering(body), "updated_at:<'2026-11-01T00:00:00Z'")).toEqual(expected)
  })

  it.each<[string, object]>([
    ['neither an operation nor an error', ran({})],
    ['an operation without an id', ran({ bulkOperation: { status: 'RUNNING' } })],
    ['nothing', {}],
  ])('that is %s is none', async (_, body) => {
    await expect(begin(await answering(body), '')).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' })
  })
})

describe('a look at a bulk operation', () => {
  const operation = (fields: object) => ({
    data: { bulkOperation: { status: 'COMPLETED', errorCode: null, objectCount: '0', url: null, ...fields } },
  })
  const createdAt = '2026-11-20T00:00:00Z'
  it.each<[string, object, object]>([
    ['just begun', operation({ status: 'CREATED', objectCount: undefined }), { state: 'working', since: null }],
    [
      'at work',
      operation({ status: 'RUNNING', objectCount: '4', createdAt }),
      { state: 'working', since: new Date(createdAt) },
    ],
    [
      'at work, with a file',
      operation({ status: 'RUNNING', objectCount: '15', url: URL }),
      { state: 'working', since: null },
    ],
    ['being canceled', operation({ status: 'CANCELING' }), { state: 'working', since: null }],
    [
      'done',
      operation({ objectCount: '9007199254740', url: URL }),
      { state: 'done', url: URL, objects: 9_007_199_254_740 },
    ],
    ['done, of nothing', operation({}), { state: 'empty' }],
    ['done, but without a file', operation({ objectCount: '4' }), { state: 'failed' }],
    [
      'failed, with a part',
      operation({ status: 'FAILED', errorCode: 'INTERNAL_SERVER_ERROR', partialDataUrl: URL }),
      { state: 'failed' },
    ],
    ['failed for its length', operation({ status: 'FAILED', errorCode: 'TIMEOUT' }), { state: 'too_long' }],
    ['canceled, with objects', operation({ status: 'CANCELED', objectCount: '4' }), { state: 'failed' }],
    ['expired', operation({ status: 'EXPIRED' }), { state: 'failed' }],
    ['of a status that came later', operation({ status: 'ADDED_LATER' }), { state: 'failed' }],
    ['forgotten', { data: { bulkOperation: null } }, { state: 'failed' }],
  ])('%s', async (_, body, expected) => {
    expect(await look(await answering(body), ID)).toEqual(expected)
  })

  it.each([{ status: 'ACCESS_DENIED' }, { status: 'FAILED', errorCode: 'ACCESS_DENIED' }])('%o', async (fields) => {
    await expect(look(await answering(operation(fields)), ID)).rejects.toMatchObject({ code: 'PROVIDER_PERMISSION' })
  })
})
