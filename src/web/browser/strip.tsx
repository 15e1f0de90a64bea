import { toProtocolTurn } from '../model/protocol-turn.ts'
import { isOver, type TableModel } from '../model/table-model.ts'
import { texts } from '../texts.ts'
import { Icon } from './icons.tsx'
import { Bytes, SIDE_CLASS } from './octets.tsx'

/**
 * Strip shows the bytes that the last turn has in the protocol of the worksheets, with links to that protocol and to the messages of this
 * page.
 */
export function Strip({ table }: { readonly table: TableModel }) {
  const turn = toProtocolTurn(table)
  if (!turn || (isOver(table) && turn.messages.length === 0)) return null
  const { program, messages } = turn
  return (
    <section class="strip" aria-label={texts.bytes}>
      <p class="strip__head">
        <span>
          {texts.turnIn}{' '}
          <a href={`#protocols/${encodeURIComponent(program)}`}>
            <code>{program}</code>
          </a>
        </span>
        {table.seat !== undefined && <a href="#wire/own">{texts.openWire}</a>}
      </p>
      {messages.length === 0 ? (
        <p class="strip__row quiet">{texts.noTurn}</p>
      ) : (
        <ol class="strip__row" tabIndex={0} aria-label={`${texts.turnIn} ${program}`}>
          {messages.map(({ from, text }, at) => (
            <li key={at} class={SIDE_CLASS[from]}>
              <span class="strip__from">
                <Icon name={from === 'client' ? 'toRight' : 'toLeft'} /> {texts.sender[from]}
              </span>
              <Bytes bytes={new TextEncoder().encode(text)} />
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
