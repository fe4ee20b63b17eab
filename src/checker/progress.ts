/** placeholder */
import type { ClaimInstance } from '../model/instance.ts'
import type { Search } from './search.ts'
import type { Reader } from './view.ts'
export type Lasso = { readonly instance: ClaimInstance; readonly prefix: number[]; readonly loop: number[] }
export function checkProgress(_search: Search, _reader: Reader, _claims: readonly ClaimInstance[]): Lasso | undefined {
  return undefined
}
