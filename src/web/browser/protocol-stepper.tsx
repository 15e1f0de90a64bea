import { useLayoutEffect, useRef } from 'preact/hooks'
import type { ProtocolReference } from '../../server/gateway/protocol-schemas.ts'
import { emptyWalk, goTo, legalSteps, type ProtocolStep, speakerOf, stateOf, takeStep, type Walk } from '../model/walk.ts'
import { protocolTexts } from '../protocol-texts.ts'
import { toShown } from '../shown.ts'
import { useKeys } from './board.ts'
import { Icon } from './icons.tsx'
import { SIDE_CLASS } from './octets.tsx'
import { Section } from './people.tsx'
import { toMessageLabel } from './protocol-parts.tsx'

interface StepperProps {
  readonly protocol: ProtocolReference
  readonly walk: Walk
  /** False while the user tries the protocol; the keys of the stepper then do nothing. */
  readonly isActive: boolean
  readonly change: (walk: Walk) => void
}

/** Stepper has buttons for the legal messages, with which the user steps through an automaton. The user can also use keys. */
export function Stepper({ protocol, walk, isActive, change }: StepperProps) {
  const state = stateOf(protocol, walk)
  const legal = legalSteps(protocol, state)
  const speaker = speakerOf(protocol, legal)
  const group = useRef<HTMLDivElement>(null)
  const isPressed = useRef(false)
  // the state can have fewer messages than the previous state; if the button that had the focus no longer exists, the focus moves to
  // another button
  useLayoutEffect(() => {
    if (!isPressed.current) return
    isPressed.current = false
    if (!group.current?.contains(document.activeElement)) (group.current?.querySelector('button') ?? group.current)?.focus()
  }, [walk])
  const take = (step: ProtocolStep) => {
    isPressed.current = group.current?.contains(document.activeElement) === true
    change(takeStep(walk, step))
  }
  useKeys((key, event) => {
    const step = /^[1-9]$/.test(key) ? legal[Number(key) - 1] : undefined
    const to = { ArrowLeft: walk.at - 1, ArrowRight: walk.at + 1, Home: 0 }[key]
    if (!isActive || isInFrame(event) || (!step && to === undefined)) return
    event.preventDefault()
    if (step) take(step)
    else change(goTo(walk, to ?? 0))
  })
  const messageOf = (step: ProtocolStep) => protocol.messages.find(({ name }) => name === step.message)
  const canGoBack = walk.at > 0
  const canGoOn = walk.at < walk.steps.length
  return (
    <Section id="h-step" title={protocolTexts.step}>
      <p class="btns">
        <button class="btn btn--s" type="button" aria-disabled={!canGoBack} onClick={() => canGoBack && change(goTo(walk, walk.at - 1))}>
          <Icon name="back" />
          {protocolTexts.back}
        </button>
        <button class="btn btn--s" type="button" aria-disabled={!canGoOn} onClick={() => canGoOn && change(goTo(walk, walk.at + 1))}>
          <Icon name="forward" />
          {protocolTexts.forward}
        </button>
        <button class="btn btn--s" type="button" aria-disabled={walk.steps.length === 0} onClick={() => change(emptyWalk)}>
          <Icon name="again" />
          {protocolTexts.restart}
        </button>
      </p>
      <History protocol={protocol} walk={walk} />
      <p class="stepstate" role="status">
        <b>{protocolTexts.stateIs(toShown(state))}</b> {protocolTexts.speaks[speaker]}
      </p>
      <div class="btns legal" role="group" aria-label={protocolTexts.legalNext} tabIndex={-1} ref={group}>
        {legal.map((step, at) => (
          <button
            key={at}
            class={`btn${messageOf(step)?.closes ? '' : ' mono'} ${SIDE_CLASS[step.from]}`}
            type="button"
            onClick={() => take(step)}
          >
            {at < 9 && <kbd>{at + 1}</kbd>}
            <span class="sr">{protocolTexts.who[step.from]}: </span>
            {toMessageLabel(messageOf(step))}
          </button>
        ))}
      </div>
    </Section>
  )
}

/** Checks whether a key belongs to a part of the page that has the focus and uses the arrow keys itself. */
function isInFrame({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest('[role=region], [role=log], [role=radiogroup]') !== null
}

/** History shows the messages that have led to the present state, between the two lifelines. */
function History({ protocol, walk }: Pick<StepperProps, 'protocol' | 'walk'>) {
  const taken = walk.steps.slice(0, walk.at)
  const list = useRef<HTMLOListElement>(null)
  useLayoutEffect(() => list.current?.scrollTo({ top: list.current.scrollHeight }), [walk])
  if (taken.length === 0) return <p class="quiet walk__none">{protocolTexts.noHistory}</p>
  return (
    <div class="walk__frame" role="log" aria-label={protocolTexts.history} tabIndex={0}>
      <ol class="walk" ref={list}>
        {taken.map(({ message, from, next }, at) => (
          <li key={at}>
            <span class={`ln ${SIDE_CLASS[from]}`}>
              <span class="sr">{protocolTexts.who[from]}: </span>
              <code>{toMessageLabel(protocol.messages.find(({ name }) => name === message))}</code>
            </span>
            <span class="st">{toShown(next)}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}
