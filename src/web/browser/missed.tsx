import type { TableModel } from '../model/table-model.ts'
import { texts } from '../texts.ts'
import { usePage } from './page.ts'
import { ClockTime, Section, ServerText } from './people.tsx'

/** Missed lists what has happened at a table while this user was disconnected, until the user closes the list. */
export function Missed({ table: { table, missed } }: { readonly table: TableModel }) {
  const { client } = usePage()
  return (
    <div role="status">
      {missed && (
        <Section id="h-missed" title={texts.whileAway}>
          <ol class="talk missed" tabIndex={0} aria-label={texts.whileAway}>
            {missed.omitted !== undefined && <li class="quiet">{texts.missedEarlier(missed.omitted)}</li>}
            {missed.lines.map(({ n, at, text }) => (
              <li key={n}>
                <ServerText text={text} /> <ClockTime at={at} />
              </li>
            ))}
          </ol>
          <button class="btn btn--s" type="button" onClick={() => client.tell({ type: 'caught-up', table })}>
            {texts.close}
          </button>
        </Section>
      )}
    </div>
  )
}
