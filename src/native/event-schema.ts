import { z } from 'zod'
import { type EventDeclaration, events, type Field, type VisibleEvent, type VisibleKind } from '../hall/events.ts'
import { outcome, seat, table, text } from './fields.ts'

/** The schema of each kind of field that clients see. */
const KINDS: { readonly [Kind in VisibleKind]: z.ZodType } = { text, seat, table, outcome }

function toFieldSchema(field: Field): z.ZodType {
  if (typeof field !== 'string') return z.enum([...field])
  const schema = KINDS[field.replace(/\?$/, '') as VisibleKind]
  return field.endsWith('?') ? schema.optional() : schema
}

/** Returns those fields of an event that clients see, in the order of the declaration of the event. */
function visibleFields({ fields, shows }: EventDeclaration): readonly (readonly [string, Field])[] {
  return Object.entries(fields).filter(([name]) => shows.includes(name))
}

/** Creates the schema of events from the declarations of the events. Events with the same fields share one schema. */
function toEventSchema(declarations: Readonly<Record<string, EventDeclaration>>): z.ZodType<VisibleEvent> {
  const alike = Map.groupBy(Object.entries(declarations), ([, declaration]) => JSON.stringify(visibleFields(declaration)))
  const [first, ...others] = [...alike.values()].map((group) => {
    const [type = '', ...more] = group.map(([name]) => name)
    const fields = group.slice(0, 1).flatMap(([, declaration]) => visibleFields(declaration))
    const shape = Object.fromEntries(fields.map(([name, field]) => [name, toFieldSchema(field)]))
    return z.strictObject({ type: more.length === 0 ? z.literal(type) : z.enum([type, ...more]), ...shape })
  })
  if (!first) throw new TypeError('there are no events')
  // TypeScript derives the types of `VisibleEvent` from the same declarations
  return z.discriminatedUnion('type', [first, ...others]) as unknown as z.ZodType<VisibleEvent>
}

/** The schema of the part of an event that clients see. */
export const visibleEvent = toEventSchema(events)
