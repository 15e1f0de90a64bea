import type { Side } from '../../protocol/message-spec.ts'
import type { Address } from '../../wire/transport.ts'

/** Prompt asks for one or both parts of an address, or for a name. */
export type PromptKind = 'address' | 'host' | 'port' | 'name'

/** The words with which people ask for each part, in any order and in any sentence. */
const HOST_WORDS = /\b(?:host(?: ?name)?|address|(?:ip|ipv4|ipv6)(?: ?addr(?:ess)?)?|addr)\b|\bserver(?:'s name)?\W*$/i
const PORT_WORDS = /\bport\b/i
const NAME_WORDS = /\b(?:user ?name|nick ?name|name|nick|login|user)\b/i
/** Name that the judge types if the program asks for a name before it connects. */
const NAME = 'ada'

/** Returns the last line of the output if it has no line end: a program that now reads has printed it as a prompt. Otherwise returns `''`. */
export function findPrompt(output: string): string {
  return output.slice(Math.max(output.lastIndexOf('\n'), output.lastIndexOf('\r')) + 1)
}

/**
 * Classifies a prompt of a program that has not connected yet: the requested part of the address. Returns `undefined` for
 * an unknown question. "Enter port number of server: " asks for a port, because the port is the narrower word.
 */
function classifyPrompt(prompt: string): PromptKind | undefined {
  const isPort = PORT_WORDS.test(prompt)
  // "port of the server" names the server, and does not ask for it
  const isHost = HOST_WORDS.test(isPort ? prompt.replace(/\bserver\b/gi, '') : prompt)
  if (isPort && isHost) return /\bport\b[^,&]*\b(?:of|on|at|for)\b/i.test(prompt) ? 'port' : 'address'
  if (isPort) return 'port'
  if (/\b(?:host ?name|user ?name|nick ?name)\b/i.test(prompt)) return /host/i.test(prompt) ? 'host' : 'name'
  if (isHost) return 'host'
  return NAME_WORDS.test(prompt) ? 'name' : undefined
}

/**
 * Returns the line to type at a prompt before a program of this side has connected; `undefined` for an unknown prompt. A server that prints "INPUT
 * SERVER: " means itself: its client may have connected meanwhile.
 */
export function answerPrompt(prompt: string, { host, port }: Address, side: Side = 'client'): string | undefined {
  switch (classifyPrompt(side === 'server' ? prompt.replace(/\bserver\b/gi, '') : prompt)) {
    case 'address':
      return `${host}${/:\s*port/i.test(prompt) ? ':' : ' '}${port}`
    case 'host':
      return host
    case 'port':
      return String(port)
    case 'name':
      return NAME
    case undefined:
      return undefined
  }
}
