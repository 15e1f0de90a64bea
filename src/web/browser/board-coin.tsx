import { toCoinBoard } from '../model/boards.ts'
import { texts } from '../texts.ts'
import { type BoardProps, toStageClass, useKeys } from './board.ts'
import { Section } from './people.tsx'
import { CoinPicture } from './pictures.tsx'

const FACES = ['H', 'T'] as const
/** Maximum number of tosses that the page shows. */
const SHOWN = 60

/** CoinTable is the board of head or tail: the coin, a button for each face, and the last tosses. */
export function CoinTable({ table, isOn, play }: BoardProps) {
  useKeys((key) => {
    const face = FACES.find((one) => one === key.toUpperCase())
    if (face) play(face)
  })
  const coin = toCoinBoard(table)
  if (!coin) return <div class={`${toStageClass(table, false)} pad coin`} />
  const { tosses, guesses, right } = coin
  const face = tosses.at(-1)?.face
  return (
    <>
      <div class={`${toStageClass(table, isOn)} pad coin`}>
        <CoinPicture face={face} label={face ? texts.coinShows(texts.faces[face]) : texts.coinWaits} />
        {table.seat !== undefined && !table.sight?.outcome && (
          <div class="two coin__calls">
            {FACES.map((one) => (
              <button
                key={one}
                class="big"
                type="button"
                disabled={!isOn}
                aria-pressed={table.pending?.move === one}
                onClick={() => play(one)}
              >
                {texts.faces[one]}
                <small>
                  <kbd>{one}</kbd>
                </small>
              </button>
            ))}
          </div>
        )}
      </div>
      {guesses > 0 && (
        <Section id="h-tosses" title={texts.tosses} number={guesses}>
          <p class="toss" role="img" aria-label={texts.tossesAbout(guesses, right)}>
            {tosses.slice(-SHOWN).map(({ n, face, isRight }) => (
              <i key={n} class={isRight ? undefined : 'no'}>
                {face ?? '·'}
              </i>
            ))}
          </p>
          <p class="quiet small toss__hint">{texts.tossesHint(guesses)}</p>
        </Section>
      )}
    </>
  )
}
