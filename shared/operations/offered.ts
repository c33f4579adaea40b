import type { AnyOperation } from './call.ts'

let offered: readonly AnyOperation[] = []

/** Says what this process serves; an operation that runs another one finds it here, since it cannot import the list it is on. */
export const offer = (operations: readonly AnyOperation[]): void => {
  offered = operations
}

/** Everything that this process serves, on whatever surface. */
export const offeredOperations = (): readonly AnyOperation[] => offered
