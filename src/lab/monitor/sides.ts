import type { Side } from '../../protocol/message-spec.ts'

/*
 * The laboratory has many values for each side: the bytes that a side has sent, its last message, the number of its messages. They are
 * records with the sides as names. Code that runs for each message reads such a record by `ofSide`: if the name of a property varies
 * (`record[side]`), V8 looks the property up in a table; `ofSide` compares the side, and then reads a property with a fixed name, which
 * needs no table.
 */

/** BySide has one value for each side. */
export type BySide<Value> = Readonly<Record<Side, Value>>

/** SIDES has both sides, in the order in which the orderings try their messages. */
export const SIDES = ['client', 'server'] as const

/** Returns the opposite side: the server for the client, and the client for the server. */
export function otherSide(side: Side): Side {
  return side === 'client' ? 'server' : 'client'
}

/** Returns the value of a side. */
export function ofSide<Value>(values: BySide<Value>, side: Side): Value {
  return side === 'client' ? values.client : values.server
}

/**
 * Returns the values with another value for a side. The names have the same order in all results, because V8 treats objects whose names
 * have different orders as different kinds of objects.
 */
export function withSide<Value>({ client, server }: BySide<Value>, side: Side, value: Value): BySide<Value> {
  return side === 'client' ? { client: value, server } : { client, server: value }
}
