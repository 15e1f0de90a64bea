import { useState } from 'preact/hooks'
import { accountTexts } from '../account-texts.ts'
import { readOwnGames } from '../connection/private-record.ts'
import { readUserGames, type UserGamesPage } from '../connection/read-api.ts'
import { CHARTED, listPlayed, toScoreSeries } from '../model/results.ts'
import { toShownName } from '../shown.ts'
import { texts } from '../texts.ts'
import { ScoreChart } from './chart.tsx'
import { GamesTable } from './games-table.tsx'
import { gameName, usePage } from './page.ts'
import { Choice, EmptyList, Section } from './people.tsx'
import { ReadingState, useReading, useViewTitle } from './reading.tsx'

/** UserView shows the finished games of a user, and the user's score over time. */
export function UserView({ name }: { readonly name: string }) {
  const { model, client } = usePage()
  const { me, greeted } = model.value
  const isMe = me?.name === name
  const hasPrivate = isMe && greeted
  const reading = useReading(`games ${name} ${hasPrivate}`, () =>
    hasPrivate ? readOwnGames((wish) => client.ask(wish)) : readUserGames(name),
  )
  useViewTitle(toShownName(name))
  return (
    <main class="page" id="main" tabIndex={-1}>
      <div class="page__head">
        <h1>
          <bdi>{toShownName(name)}</bdi>
        </h1>
        {isMe && (
          <a class="btn btn--s" href="#account">
            {accountTexts.account}
          </a>
        )}
      </div>
      <ReadingState reading={reading}>{(page) => <UserGames page={page} />}</ReadingState>
    </main>
  )
}

function UserGames({ page: { games, total } }: { readonly page: UserGamesPage }) {
  const { model } = usePage()
  const played = listPlayed(games)
  const [chosen, choose] = useState<string>()
  const charted = chosen ?? played[0]
  if (charted === undefined) return <EmptyList text={texts.noGames} />
  const series = toScoreSeries(games, charted)
  return (
    <div class="split">
      <Section id="h-games" title={texts.finishedGames} number={total}>
        <GamesTable games={games} />
        {games.length < total && <p class="quiet small">{texts.latestOf(games.length)}</p>}
      </Section>
      <aside aria-label={texts.overTime}>
        <Section id="h-time" title={texts.overTime}>
          {played.length > 1 && (
            <Choice
              label={texts.game}
              name="charted"
              all={played}
              wordOf={(game) => gameName(model.value, game)}
              chosen={charted}
              choose={choose}
              isSmall
            />
          )}
          {series.scores.length < CHARTED ? <p class="quiet">{texts.tooFewGames}</p> : <ScoreChart series={series} />}
        </Section>
      </aside>
    </div>
  )
}
