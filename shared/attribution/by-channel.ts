import type { Step } from './model.ts'

/** Weights of steps from weights of channels: the steps of a channel share its weight equally. */
export function weighByChannel(steps: readonly Step[], weightOf: (channel: string) => number): number[] {
  const times = new Map<string, number>()
  for (const { channel } of steps) times.set(channel, (times.get(channel) ?? 0) + 1)
  return steps.map(({ channel }) => weightOf(channel) / (times.get(channel) ?? 1))
}
