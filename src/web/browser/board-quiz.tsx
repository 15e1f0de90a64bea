import { type AnsweredQuestion, type QuizBoard, toQuizBoard } from '../model/solo-boards.ts'
import { type TableModel, timeLeft } from '../model/table-model.ts'
import { toShown } from '../shown.ts'
import { texts } from '../texts.ts'
import { type BoardProps, toStageClass, useKeys } from './board.ts'
import { Icon } from './icons.tsx'
import { usePage } from './page.ts'

/** Returns the letter of an option; option 0 is A. */
function toLetter(at: number): string {
  return String.fromCharCode(65 + at)
}

/**
 * QuizTable is the board of the quiz: the open question with a clock and a button for each answer, and the last answer with its
 * explanation.
 */
export function QuizTable({ table, isOn, play }: BoardProps) {
  const quiz = toQuizBoard(table)
  const count = quiz?.open?.options.length ?? 0
  useKeys((key) => {
    const letter = key.toUpperCase()
    if (isOn && /^[A-F]$/.test(letter) && letter.charCodeAt(0) - 65 < count) play(letter)
  })
  if (!quiz) return <div class={`${toStageClass(table, false)} pad quiz`} />
  const { open } = quiz
  return (
    <>
      <div class={`${toStageClass(table, isOn)} pad quiz`}>
        <div class="rowline">
          <Marks quiz={quiz} />
          <TimeLeft table={table} />
        </div>
        <Fuse table={table} />
        {open ? (
          <>
            <h2 id="question">
              <bdi>{toShown(open.text)}</bdi>
            </h2>
            <div class="opts" role="group" aria-labelledby="question" onKeyDown={moveFocus}>
              {open.options.map((option, at) => (
                <button
                  key={`${open.number} ${at}`}
                  class="opt"
                  type="button"
                  disabled={table.seat === undefined || table.sight?.outcome !== undefined}
                  aria-disabled={!isOn}
                  aria-pressed={table.pending?.move === toLetter(at)}
                  onClick={() => isOn && play(toLetter(at))}
                >
                  <kbd>{toLetter(at)}</kbd>
                  <bdi>{toShown(option)}</bdi>
                </button>
              ))}
            </div>
          </>
        ) : (
          <h2>{texts.quizOver(quiz.points, quiz.count)}</h2>
        )}
      </div>
      {quiz.last && <LastAnswer last={quiz.last} number={(open?.number ?? quiz.count + 1) - 1} />}
    </>
  )
}

/** Moves the focus to the next or the previous answer when the user presses an arrow key. */
function moveFocus(event: KeyboardEvent) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
  if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('button')]
  const at = buttons.indexOf(document.activeElement as HTMLElement)
  buttons[(at + step + buttons.length) % buttons.length]?.focus()
  event.preventDefault()
}

function Marks({ quiz }: { readonly quiz: QuizBoard }) {
  const { marks, open, count } = quiz
  const words = marks.flatMap((isRight, at) => {
    if (at + 1 === open?.number) return [texts.markNow]
    return isRight === undefined ? [] : [isRight ? texts.markRight : texts.markWrong]
  })
  return (
    <span class="dots" role="img" aria-label={`${open ? `${texts.questionOf(open.number, count)} ` : ''}${words.join(', ')}.`}>
      {marks.map((isRight, at) => (
        <i key={at} class={at + 1 === open?.number ? 'now' : isRight === undefined ? undefined : isRight ? 'ok' : 'no'}>
          {at + 1}
        </i>
      ))}
    </span>
  )
}

/** Returns the time limit and the remaining time of the player, in milliseconds; `undefined` for a game without a clock. */
function useTime(table: TableModel): { readonly limit: number; readonly left: number } | undefined {
  const { now } = usePage()
  const limit = table.clock?.turn ?? table.clock?.total
  const left = limit === undefined ? undefined : timeLeft(table, 0, now.value)
  return limit === undefined || left === undefined ? undefined : { limit, left }
}

function TimeLeft({ table }: { readonly table: TableModel }) {
  const time = useTime(table)
  if (!time) return null
  return <span class="quiet push num">{texts.seconds(Math.ceil(time.left / 1000))}</span>
}

function Fuse({ table }: { readonly table: TableModel }) {
  const time = useTime(table)
  if (!time) return null
  const { limit, left } = time
  return (
    <div
      class="fuse"
      role="progressbar"
      aria-label={texts.timeLeft}
      aria-valuemin={0}
      aria-valuemax={Math.round(limit / 1000)}
      aria-valuenow={Math.ceil(left / 1000)}
    >
      <i style={{ width: `${Math.min(100, (left / limit) * 100)}%` }} />
    </div>
  )
}

function LastAnswer({ last, number }: { readonly last: AnsweredQuestion; readonly number: number }) {
  const { given, right, correct, explanation, question } = last
  const optionOf = (letter: string) => question?.options[letter.charCodeAt(0) - 65] ?? ''
  return (
    <section class="stage pad quiz quiz__last" aria-label={texts.answered(number)}>
      <p class="quiet small">{texts.answered(number)}</p>
      <ul class="opts">
        {!correct && (
          <li class="opt is-wrong">
            <kbd>{given}</kbd>
            <bdi>{toShown(optionOf(given))}</bdi>
            <span class="ink-bad">
              <Icon name="x" />
              <span class="sr">{texts.yourAnswerWrong}</span>
            </span>
          </li>
        )}
        <li class="opt is-right">
          <kbd>{right}</kbd>
          <bdi>{toShown(optionOf(right))}</bdi>
          <span class="ink-go">
            <Icon name="check" />
            <span class="sr">{texts.verdicts.right}</span>
          </span>
        </li>
      </ul>
      {explanation !== undefined && <p class="small">{toShown(explanation)}</p>}
    </section>
  )
}
