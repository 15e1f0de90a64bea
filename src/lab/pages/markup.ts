import { displayWidth, splitGraphemes } from '../../games/text/graphemes.ts'
import { escapeInvisible } from '../../wire/text.ts'
import type { Address } from '../../wire/transport.ts'
import type { DiagramPart } from './diagram-rows.ts'

/** Escapes a text for HTML and XML. Control characters, which XML cannot contain, become the replacement character. */
export function escapeMarkup(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  const shown = text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]/g, '\ufffd')
  return shown.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')
}

/**
 * Cuts a text at a column into three parts: the text before it, the character there, and the text after it. Without a column, the first
 * part has the whole text.
 */
export function cutAtColumn(text: string, column: number | undefined): readonly [before: string, at: string, behind: string] {
  if (column === undefined) return [text, '', '']
  let before = ''
  for (const character of splitGraphemes(text)) {
    if (displayWidth(before) >= column) return [before, character, text.slice(before.length + character.length)]
    before += character
  }
  return [text, '', '']
}

/** Formats the heading of the diagram of a connection. */
export function formatHeading({ opening, program }: DiagramPart): string {
  const { connection, transport, client, server } = opening
  const over = transport === 'udp' ? ' over UDP' : ''
  return `connection ${connection}${program === undefined ? '' : `, ${program}`}: ${formatPlace(client)} → ${formatPlace(server)}${over}`
}

function formatPlace({ host, port }: Address): string {
  return escapeInvisible(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
}
