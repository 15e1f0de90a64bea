import { type LadderPage, readLadder, readUserGames } from '../connection/read-api.ts'
import { CHARTED, toScoreSeries } from '../model/results.ts'
import { texts } from '../texts.ts'
import { ScoreChart } from './chart.tsx'
import { GamesTable, UserLink } from './games-table.tsx'
import { findGame, gameName, ladderLink, usePage } from './page.ts'
import { Choice, EmptyList, Section } from './people.tsx'
import { ReadingState, useReading, useViewTitle } from './reading.tsx'

/** Maximum number of this user's games beside the ladder. */
const LAST = 5

/** LadderView shows the ladder of a game. Without `game`, shows the ladder of the first game in the list. */
export function LadderView({ game }: { readonly game: string | undefined }) {
  const { model } = usePage()
  const { games } = model.value
  useViewTitle(texts.ladder)
  const shown = game ?? games?.[0]?.game
  return (
    <main class="page" id="main" tabIndex={-1}>
      <div class="page__head page__head--choice">
        <h1>{texts.ladder}</h1>
        {games && shown !== undefined && (
          <Choice
            label={texts.game}
            name="ladder"
            all={games.map((one) => one.game)}
            wordOf={(one) => gameName(model.value, one)}
            chosen={findGame(model.value, shown)?.game ?? shown}
            choose={(one) => location.replace(ladderLink(one))}
          />
        )}
      </div>
      {shown === undefined ? <div class="skel skel--row" /> : <Ladder key={shown} game={shown} />}
    </main>
  )
}

function Ladder({ game }: { readonly game: string }) {
  const { model } = usePage()
  const { me } = model.value
  const reading = useReading(`ladder ${game}`, () => readLadder(game))
  return (
    <ReadingState reading={reading}>
      {({ best }) => (
        <div class="split">
          <Section id="h-best" title={gameName(model.value, game)} number={texts.ranked(best.length)}>
            {best.length === 0 ? <EmptyList text={texts.noLadder} /> : <Rows best={best} />}
          </Section>
          {me && <OwnScore key={me.name} name={me.name} game={findGame(model.value, game)?.game ?? game} />}
        </div>
      )}
    </ReadingState>
  )
}

/** OwnScore shows the score of this user over time, and the last games of this user. */
function OwnScore({ name, game }: { readonly name: string; readonly game: string }) {
  const reading = useReading(`games ${name}`, () => readUserGames(name))
  const own = reading.state === 'read' ? reading.answer.games.filter((row) => row.game === game) : []
  if (own.length === 0) return null
  const series = toScoreSeries(own, game)
  return (
    <aside aria-label={texts.yourScore}>
      {series.scores.length >= CHARTED && (
        <Section id="h-time" title={texts.overTime}>
          <ScoreChart series={series} />
        </Section>
      )}
      <Section id="h-last" title={texts.lastGames}>
        <GamesTable games={own.slice(0, LAST)} isShort />
      </Section>
    </aside>
  )
}

function Rows({ best }: Pick<LadderPage, 'best'>) {
  const { model } = usePage()
  const { me } = model.value
  return (
    <table class="tab">
      <thead>
        <tr>
          <th>#</th>
          <th>{texts.name}</th>
          <th class="r">{texts.score}</th>
          <th class="r">{texts.games}</th>
        </tr>
      </thead>
      <tbody>
        {best.map(({ rank, name, score, games }) => {
          const isMe = name === me?.name
          return (
            <tr key={name} class={isMe ? 'own' : undefined} aria-current={isMe ? 'true' : undefined}>
              <td>{rank}</td>
              <td>
                <b>
                  <UserLink name={name} />
                </b>{' '}
                {isMe && <small class="quiet">{texts.you}</small>}
              </td>
              <td class="r">
                <b>{Math.round(score)}</b>
              </td>
              <td class="r">{games}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
