import { useState } from 'preact/hooks'
import type { LegalMessage, WireRow } from '../../lab/wire/wire-messages.ts'
import { isViolation, toByteCells } from '../model/wire-model.ts'
import { toShown } from '../shown.ts'
import { wireTexts } from '../wire-texts.ts'
import { Icon } from './icons.tsx'
import { RemedyNote } from './remedy.tsx'

/** BytesForm is the form in which the view shows bytes. */
export type BytesForm = 'text' | 'hex' | 'both'

/** A row reports the silence before the row, if the silence has lasted at least this number of milliseconds. */
const GAP = 250

/** WireRowProps has a row, the previous row, and the messages that are legal after the row. */
export interface WireRowProps {
  readonly row: WireRow
  readonly before: WireRow | undefined
  readonly legal: readonly LegalMessage[]
  readonly form: BytesForm
}

/** WireRowView draws a row of the diagram: the time, the arrow with the bytes, the meaning and the notes of the row. */
export function WireRowView({ row, before, legal, form }: WireRowProps) {
  const { at, from, kind, name, text, pieces, marks, after, notes, cause } = row
  const gap = before ? at - before.at : 0
  const side = from === 'client' ? 'A' : 'B'
  const isBad = isViolation(row)
  return (
    <li class={`wrow ${side} wrow--${kind}${isBad ? ' is-bad' : ''}`} data-row={row.row} tabIndex={kind === 'note' ? undefined : 0}>
      {gap >= GAP && <p class="wrow__gap">{(gap / 1000).toFixed(2)} s</p>}
      <p class="wrow__at num">
        {(at / 1000).toFixed(3)}
        {before && gap < GAP && <small>+{Math.round(gap)} ms</small>}
      </p>
      {kind !== 'note' && (
        <>
          <div class="wrow__lines">
            <div class="wrow__arrow">
              <span class="sr">{wireTexts.direction[from]}: </span>
              <RowBytes row={row} form={form} />
            </div>
          </div>
          <div class="wrow__meant">
            <p>
              {isBad && <Icon name="warn" />}
              <b class="mono">{toShown(name !== '' ? name : isBad ? wireTexts.violationWord : text)}</b>{' '}
              {marks.includes('cut') && <span class="wmark">{wireTexts.pieces(pieces.length)}</span>}{' '}
              {marks.includes('glued') && <span class="wmark">{wireTexts.glued}</span>}
            </p>
            {after !== '' && (
              <p class="small">
                {row.before === after ? wireTexts.still : wireTexts.after} <b>{after}</b>
                {legal.length > 0 && <span class="quiet"> · {formatNext(legal)}</span>}
              </p>
            )}
            {pieces.length > 0 && (
              <p class="quiet small mono">
                {pieces
                  .map(({ number, size, at: time }, place) => wireTexts.piece(number, size, time - (pieces[place - 1]?.at ?? time)))
                  .join(' · ')}
              </p>
            )}
          </div>
        </>
      )}
      {notes.map((note) => (
        <p key={note.text} class={`wnote wnote--${isBad && note.tone === 'odd' ? 'illegal' : note.tone}`}>
          <bdi>{toShown(note.text)}</bdi>
        </p>
      ))}
      {cause !== undefined && <RemedyNote cause={cause} row={row.row} />}
    </li>
  )
}

/** A row with at most `all` characters shows all its characters; a longer row shows only the first `first` characters. */
const SHOWN = { all: 64, first: 48 }

/**
 * RowBytes draws the bytes of a row: each character above its bytes in hexadecimal. A long row shows only its first characters until the
 * user requests all characters.
 */
function RowBytes({ row, form }: { readonly row: WireRow; readonly form: BytesForm }) {
  const [isOpen, setOpen] = useState(false)
  const cells = toByteCells(row)
  const words = toShown(row.text === '' ? row.name : row.text)
  if (cells.length === 0) return <span class="bytes mono">{words}</span>
  const isLong = cells.length > SHOWN.all
  const shown = isLong && !isOpen ? cells.slice(0, SHOWN.first) : cells
  const rest = cells.slice(shown.length).reduce((sum, { hex }) => sum + hex.split(' ').length, row.more ?? 0)
  return (
    <>
      <span class="bytes mono" role="img" aria-label={words}>
        {shown.map(({ shown: character, hex, isEnd, isWrong, isCut }, at) => (
          <i key={at} class={`${isEnd ? 'end ' : ''}${isWrong ? 'wrong ' : ''}${isCut ? 'cut-here' : ''}`.trim() || undefined}>
            {form !== 'hex' && toShown(character)}
            {form !== 'text' && <u>{hex}</u>}
          </i>
        ))}
      </span>
      {isLong && (
        <button class="more" type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? wireTexts.fewerBytes : wireTexts.moreBytes(rest)}
        </button>
      )}
      {row.more !== undefined && (!isLong || isOpen) && <span class="quiet small"> {wireTexts.leftOut(row.more)}</span>}
    </>
  )
}

/** Formats the messages that are legal next, grouped by the sender. */
function formatNext(legal: readonly LegalMessage[]): string {
  return (['client', 'server'] as const)
    .map((side) => ({ side, names: legal.filter(({ from }) => from === side).map(({ name }) => name) }))
    .filter(({ names }) => names.length > 0)
    .map(({ side, names }) => wireTexts.next(side, names.join(', ')))
    .join('; ')
}
