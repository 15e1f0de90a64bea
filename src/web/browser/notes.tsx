import { formatTerms } from '../formats.ts'
import { lobbyTexts } from '../lobby-texts.ts'
import { toStatus } from '../status.ts'
import { texts } from '../texts.ts'
import { gameName, type Route, tableLink, usePage } from './page.ts'
import { UserName } from './people.tsx'

/** Challenges lists the open challenges to this user, with buttons that accept or decline each challenge. */
export function Challenges() {
  const { model, client } = usePage()
  const { challenges } = model.value
  return (
    <>
      {challenges.map(({ name, game, ...terms }) => (
        <div class="ask" role="status" key={name}>
          <b>
            <UserName name={name} /> {texts.challengesYou}
          </b>
          <span>{[gameName(model.value, game), formatTerms(terms)].filter(Boolean).join(', ')}</span>
          <span class="btns push">
            <button class="btn btn--go btn--s" type="button" onClick={() => client.send({ type: 'accept', name })}>
              {texts.accept}
            </button>
            <button class="btn btn--s" type="button" onClick={() => client.send({ type: 'refuse', name })}>
              {texts.decline}
            </button>
          </span>
        </div>
      ))}
    </>
  )
}

/**
 * Notes shows the challenges to this user, and the games in which it is this user's turn. Each view has these notes at its lower edge,
 * except the lobby, which lists these challenges and games itself. Notes lies over the view, so that nothing in the view moves.
 */
export function Notes({ route }: { readonly route: Route }) {
  const { model } = usePage()
  const { challenges, tables } = model.value
  if (route.view === 'lobby' || route.view === 'join') return null
  const shown = route.view === 'table' && route.move === undefined ? route.table : undefined
  const turns = [...tables.values()].filter((table) => table.table !== shown && table.seat !== undefined && toStatus(table).isOn)
  if (challenges.length === 0 && turns.length === 0) return null
  return (
    <aside class="notes" aria-label={lobbyTexts.notes}>
      <Challenges />
      {turns.map(({ table, game }) => (
        <div class="ask" role="status" key={table}>
          <b>{texts.yourTurn}</b>
          <span>{[gameName(model.value, game), texts.table(table)].join(', ')}</span>
          <a class="btn btn--go btn--s push" href={tableLink(table)}>
            {texts.goOn}
            <span class="sr"> {texts.atTable(table)}</span>
          </a>
        </div>
      ))}
    </aside>
  )
}
