/** So many of them, in words: "1 day", "2 days". */
export const counted = (count: number | bigint, one: string): string =>
  `${count} ${one}${Number(count) === 1 ? '' : 's'}`
