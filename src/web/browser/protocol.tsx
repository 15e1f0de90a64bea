import { useState } from 'preact/hooks'
import type { ProtocolReference } from '../../server/gateway/protocol-schemas.ts'
import type { AutomatonLayout } from '../model/automaton-layout.ts'
import type { TrialModel } from '../model/trial.ts'
import { emptyWalk, legalSteps, stateOf, type Walk } from '../model/walk.ts'
import { protocolTexts } from '../protocol-texts.ts'
import { toShown } from '../shown.ts'
import { protocolLink } from './page.ts'
import { Section } from './people.tsx'
import { AutomatonFigure } from './protocol-figure.tsx'
import { Conversations, Facts, MessageTable, StateTable } from './protocol-reference.tsx'
import { Stepper } from './protocol-stepper.tsx'
import { TrialPanel } from './protocol-trial.tsx'
import { useTrial } from './use-trial.ts'

/** If a drawing is wider than this number of pixels, the drawing gets the whole width of the page. */
const WIDE = 560

interface ProtocolPageProps {
  readonly protocol: ProtocolReference
  /** The layout of the automaton; `undefined` for a protocol that was missing at the build of the page. */
  readonly layout: AutomatonLayout | undefined
}

/**
 * ProtocolPage is the reference of a protocol: the automaton, the messages and the states. The user can step through the automaton, and can
 * try the protocol.
 */
export function ProtocolPage({ protocol, layout }: ProtocolPageProps) {
  const [walk, setWalk] = useState<Walk>(emptyWalk)
  const { trial, ...acts } = useTrial(protocol.name)
  // the figure shows the state of the part that the user has used last: the trial if `isTrying` is true, otherwise the stepper
  const [isTrying, setTrying] = useState(false)
  const isTrial = isTrying && trial.state !== undefined
  const here = (isTrial ? trial.state : undefined) ?? stateOf(protocol, walk)
  const visited = isTrial ? statesOf(trial) : walk.steps.slice(0, walk.at).map(({ next }) => next)
  const { title, name, messages, states } = protocol
  const connect = () => {
    setTrying(true)
    acts.connect()
  }
  const play = () => {
    document.getElementById('h-try')?.scrollIntoView({ block: 'start' })
    if (trial.link !== 'open' && trial.link !== 'opening') connect()
  }
  const stateTable = (
    <Section id="h-states" title={protocolTexts.states} number={states.length}>
      <StateTable protocol={protocol} here={here} />
    </Section>
  )
  return (
    <main class="page" id="main" tabIndex={-1}>
      <div class="page__head">
        <h1 class="mono">
          <bdi>{toShown(name)}</bdi>
        </h1>
        <p>
          <bdi>{toShown(title)}</bdi>
        </p>
        <span class="push btns">
          <button class="btn btn--s btn--go" type="button" onClick={play}>
            {protocolTexts.playHere}
          </button>
          <a class="btn btn--s" href="#wire">
            {protocolTexts.watch}
          </a>
          <a class="btn btn--s" href={protocolLink()}>
            {protocolTexts.toList}
          </a>
        </span>
      </div>
      <div class={`proto${layout && layout.width > WIDE ? ' proto--wide' : ''}`}>
        <div class="proto__fig">
          {layout ? (
            <AutomatonFigure protocol={protocol} layout={layout} here={here} visited={[protocol.start, ...visited]} />
          ) : (
            <>
              <p class="quiet small">{protocolTexts.noFigure}</p>
              {stateTable}
            </>
          )}
        </div>
        <div class="proto__main">
          <Stepper
            protocol={protocol}
            walk={walk}
            isActive={!isTrying || trial.link === 'over'}
            change={(next) => {
              setWalk(next)
              setTrying(false)
            }}
          />
          <TrialPanel
            protocol={protocol}
            trial={trial}
            legal={legalSteps(protocol, trial.state ?? '')}
            acts={{
              ...acts,
              connect,
              send(bytes) {
                setTrying(true)
                acts.send(bytes)
              },
            }}
          />
        </div>
        <div class="proto__more">
          <Section id="h-messages" title={protocolTexts.messages} number={messages.length}>
            <MessageTable protocol={protocol} />
          </Section>
          {layout && stateTable}
          <Section id="h-facts" title={protocolTexts.facts}>
            <Facts protocol={protocol} />
          </Section>
          <Section id="h-conversations" title={protocolTexts.conversations}>
            <Conversations protocol={protocol} />
          </Section>
        </div>
      </div>
    </main>
  )
}

/** Returns the states that a trial has reached. */
function statesOf({ rows }: TrialModel): readonly string[] {
  return rows.flatMap((row) => (row.kind === 'note' ? [] : [row.state]))
}
