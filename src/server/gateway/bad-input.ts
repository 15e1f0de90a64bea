import type { FastifyError, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { formatWords } from '../../base/word-lists.ts'
import { describeValues } from '../../native/parsing.ts'

/*
 * The sentences for a request whose path, query or body does not match the schema of its route. A sentence names the wrong field and the
 * values that are valid, because the message of the schema library has a pattern, or a type, that a reader of the API does not know.
 */

/** The parts of a request that a schema checks, with their names in a sentence. */
const PARTS = { params: 'path', querystring: 'query', body: 'body' } as const
/** Maximum number of characters of a client's text in a sentence. */
const SHOWN = 40

/** Describes the first mistake in the input of a request; `undefined` for an error of another kind. */
export function describeBadInput({ validation, validationContext }: FastifyError, request: FastifyRequest): string | undefined {
  const [issue] = validation ?? []
  const key = (Object.keys(PARTS) as (keyof typeof PARTS)[]).find((one) => one === validationContext)
  if (!issue || !key) return undefined
  const part = PARTS[key]
  const schema = request.routeOptions.schema?.[key]
  const fields = schema instanceof z.ZodObject ? schema.shape : {}
  const { keys } = issue.params
  if (issue.keyword === 'unrecognized_keys' && Array.isArray(keys)) {
    const known = Object.keys(fields).map((field) => `"${field}"`)
    return `the ${part} has "${String(keys[0]).slice(0, SHOWN)}", but it can have only ${formatWords(known, 'and')}`
  }
  const [, name = ''] = issue.instancePath.split('/')
  const field = fields[name]
  if (!(field instanceof z.ZodType)) return `the ${part} must be a JSON object with ${formatWords(Object.keys(fields), 'and')}`
  const expected = describeValues(z.toJSONSchema(field, { io: 'output' }))
  const given: unknown = (request[key === 'querystring' ? 'query' : key] as Readonly<Record<string, unknown>> | null)?.[name]
  return `"${name}" in the ${part} ${given === undefined ? 'is missing: it must' : 'must'} be ${expected}`
}
