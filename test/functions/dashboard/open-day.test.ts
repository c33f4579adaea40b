import { expect, it } from 'vitest'
import { drawnSeries } from '../../../functions/dashboard/client/parts/open-day.ts'
import type { Series } from '../../../functions/dashboard/client/parts/series.ts'

const DAYS = ['2026-03-01', '2026-03-02', '2026-03-03']
const sales: Series = { title: 'Net sales', values: [5, 7, 1], color: 1, kind: 'area' }

it('a line goes on to the day that is not over in dashes, from the day before it', () => {
  expect(drawnSeries([sales], DAYS, '2026-03-03')).toEqual([
    { ...sales, values: [5, 7, null] },
    { ...sales, kind: 'dashes', values: [null, 7, 1] },
  ])
})

it('without such a day among them, and for bars, all is as it was', () => {
  const bars: Series = { ...sales, kind: 'bars' }
  expect(drawnSeries([sales], DAYS, '2026-03-04')).toEqual([sales])
  expect(drawnSeries([sales], DAYS, null)).toEqual([sales])
  expect(drawnSeries([bars], DAYS, '2026-03-03')).toEqual([bars])
})
