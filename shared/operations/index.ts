import { login } from './auth/login.ts'
import { me } from './auth/me.ts'
import { getBrand } from './brands/get.ts'
import { listBrands } from './brands/list.ts'
import type { AnyOperation } from './call.ts'
import { health } from './system/health.ts'

/** Everything a caller can do. */
export const operations: readonly AnyOperation[] = [login, me, listBrands, getBrand, health]
