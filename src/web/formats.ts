import type { SeatOwnerInfo } from './model/table-model.ts'
import { texts } from './texts.ts'

/* This file formats numbers, times and connections for the page. */

/** Formats a span in milliseconds as a clock: "4:31", "0:09"; hours as "1:04:31". */
export function formatClock(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (part: number) => String(part).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** Formats the terms of a game: "4 × 4, 5 min, rated". */
export function formatTerms(terms: {
  readonly settings: Readonly<Record<string, number>>
  readonly rated: boolean
  readonly clock?: { readonly total?: number | undefined; readonly turn?: number | undefined } | undefined
}): string {
  const { settings, rated, clock } = terms
  const own = Object.entries(settings).map(([name, value]) => (name === 'size' ? `${value} × ${value}` : `${name} ${value}`))
  const total = clock?.total === undefined ? [] : [formatSpan(clock.total)]
  const turn = clock?.turn === undefined ? [] : [`${formatSpan(clock.turn)} a turn`]
  return [...own, ...total, ...turn, ...(rated ? ['rated'] : [])].join(', ')
}

function formatSpan(ms: number): string {
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${Math.round(ms / 1000)} s`
}

/** Formats an elapsed time: "48 s", "1 min 12 s", "1 h 3 min". */
export function formatElapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Formats a time as a day: "Nov 30, 2026". */
export function formatDay(at: number): string {
  return new Date(at).toLocaleDateString('en', { day: 'numeric', month: 'short', year: 'numeric' })
}

/** Formats a time to the minute: "Nov 30, 2026, 14:05". */
export function formatMinute(at: number): string {
  return `${formatDay(at)}, ${new Date(at).toTimeString().slice(0, 5)}`
}

/** PeerLink describes a user's connection. */
type PeerLink = SeatOwnerInfo['links'][number]

/** ClientKind is the kind of a user's client, if the server has recognized this kind. */
export type ClientKind = 'browser' | 'bot' | 'frontDoor' | 'program' | 'house'

/** Returns the kind of a user's connection, and the words of the badge for this kind. */
export function toBadge({ program, transport, port, json }: PeerLink): {
  readonly kind: ClientKind
  readonly text: string
  readonly title: string
} {
  const title = port === undefined ? program : texts.atPort(program, port)
  if (program === 'parlor/web') return { kind: 'browser', text: texts.clients.browser, title }
  if (program === 'parlor/door')
    return json ? { kind: 'bot', text: texts.clients.bot, title } : { kind: 'frontDoor', text: texts.clients.frontDoor, title }
  return { kind: 'program', text: `${texts.transports[transport]} · ${program}`, title }
}
