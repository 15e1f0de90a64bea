import { readRecent } from '../connection/read-api.ts'
import { texts } from '../texts.ts'
import { GamesTable } from './games-table.tsx'
import { EmptyList, Section } from './people.tsx'
import { ReadingState, useReading, useViewTitle } from './reading.tsx'

/** FinishedView lists the finished games of all users, with the last finished game first. */
export function FinishedView() {
  const reading = useReading('recent', readRecent)
  useViewTitle(texts.finishedGames)
  return (
    <main class="page" id="main" tabIndex={-1}>
      <div class="page__head">
        <h1>{texts.finishedGames}</h1>
      </div>
      <ReadingState reading={reading}>
        {({ games, total }) => (
          <Section id="h-finished" title={texts.allUsers} number={total}>
            {games.length === 0 ? <EmptyList text={texts.noGames} /> : <GamesTable games={games} />}
            {games.length < total && <p class="quiet small">{texts.latestOf(games.length)}</p>}
          </Section>
        )}
      </ReadingState>
    </main>
  )
}
