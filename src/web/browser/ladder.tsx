import { useEffect } from 'preact/hooks'
import { type LadderPage, readLadder } from '../connection/read-api.ts'
import { texts } from '../texts.ts'
import { UserLink } from './games-table.tsx'
import { findGame, gameName, ladderLink, usePage } from './page.ts'
import { Choice, Section } from './people.tsx'
import { useReading } from './reading.ts'

/** LadderView shows the ladder of a game; without a game, of the first one. */
export function LadderView({ game }: { readonly game: string | undefined }) {
  const { model } = usePage()
  const { games } = model.value
  useEffect(() => {
    document.title = `${texts.ladder} · ${texts.title}`
    return () => {
      document.title = texts.title
    }
  }, [])
  const shown = game ?? games?.[0]?.game
  return (
    <main class="page" id="main" tabIndex={-1}>
      <div class="page__head">
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
  const reading = useReading(`ladder ${game}`, () => readLadder(game))
  if (reading.state === 'loading') return <div class="skel skel--row" />
  if (reading.state === 'refused') {
    return (
      <p class="err" role="alert">
        <bdi>{reading.refusal.message}</bdi>
      </p>
    )
  }
  const { best } = reading.answer
  return (
    <Section id="h-best" title={gameName(model.value, game)} number={texts.ranked(best.length)}>
      {best.length === 0 ? <p class="quiet">{texts.noLadder}</p> : <Rows best={best} />}
    </Section>
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
