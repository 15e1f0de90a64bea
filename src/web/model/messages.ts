import type { ToClient, ToServer } from '../../native/messages.ts'

/*
 * Names for parts of the native protocol. The page imports only types of the protocol, because the schemas would add the library for
 * schemas to the page, and the page trusts its own server.
 */

/** MessageOf is a message of one type from the server. */
export type MessageOf<Type extends ToClient['type']> = Extract<ToClient, { readonly type: Type }>
/** CommandOf is a message of one type to the server. */
export type CommandOf<Type extends ToServer['type']> = Extract<ToServer, { readonly type: Type }>
/** Wish is a command without an id; the page assigns the id when the page sends the command. */
export type Wish = ToServer extends infer One ? (One extends ToServer ? Omit<One, 'id'> : never) : never

/** Returns a copy of an object without some of its optional fields. */
export function omit<Value extends object, Name extends keyof Value>(value: Value, ...names: readonly Name[]): Omit<Value, Name> {
  const copy: Partial<Value> = { ...value }
  for (const name of names) delete copy[name]
  return copy as Omit<Value, Name>
}
