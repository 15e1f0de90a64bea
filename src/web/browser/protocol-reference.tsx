import type { ProtocolReference } from '../../server/gateway/protocol-schemas.ts'
import { fromHex } from '../model/escapes.ts'
import { legalSteps, speakerOf } from '../model/walk.ts'
import { protocolTexts } from '../protocol-texts.ts'
import { toShown } from '../shown.ts'
import { Bytes } from './octets.tsx'
import { Sender, toLine, toMessageLabel } from './protocol-parts.tsx'

interface TableProps {
  readonly protocol: ProtocolReference
}

/** MessageTable lists the messages of a protocol, and shows the bytes of an example of each message. */
export function MessageTable({ protocol: { messages } }: TableProps) {
  const { name, from, text, example, notes } = protocolTexts.messageColumns
  return (
    <>
      <p class="quiet small">{protocolTexts.messagesAbout}</p>
      <div class="scroll-x" role="region" aria-label={protocolTexts.tables.messages} tabIndex={0}>
        <table class="tab tab--messages">
          <thead>
            <tr>
              <th>{name}</th>
              <th>{from}</th>
              <th>{text}</th>
              <th>{example}</th>
              <th>{notes}</th>
            </tr>
          </thead>
          <tbody>
            {messages.map((message) => (
              <tr key={message.name}>
                <td>
                  <b>{toShown(message.name)}</b>
                </td>
                <td>
                  <Sender side={message.from} />
                </td>
                <td>
                  {message.closes ? <span class="quiet">{protocolTexts.closes}</span> : <code class="wraps">{toLine(message.text)}</code>}
                </td>
                <td class={message.from === 'server' ? 'B' : 'A'}>
                  {message.example !== '' && <Bytes bytes={fromHex(message.example)} />}
                </td>
                <td class="quiet">{toShown(message.notes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

/** StateTable lists the states with the legal messages of each state, and marks the present state. */
export function StateTable({ protocol, here }: TableProps & { readonly here: string }) {
  const { state, from, message, next } = protocolTexts.stateColumns
  return (
    <div class="scroll-x" role="region" aria-label={protocolTexts.tables.states} tabIndex={0}>
      <table class="tab tab--states">
        <thead>
          <tr>
            <th>{state}</th>
            <th>{from}</th>
            <th>{message}</th>
            <th>{next}</th>
          </tr>
        </thead>
        {protocol.states.map(({ name, steps, mayEnd }) => (
          <tbody key={name} class={name === here ? 'here' : undefined} data-state={name}>
            {steps.map((step, at) => (
              <tr key={step.message} aria-current={name === here && at === 0 ? 'step' : undefined}>
                {at === 0 && <StateName protocol={protocol} name={name} rows={steps.length + (mayEnd ? 1 : 0)} />}
                <td>
                  <Sender side={step.from} />
                </td>
                <td>
                  <code class="wraps">{toMessageLabel(protocol.messages.find((one) => one.name === step.message))}</code>
                </td>
                <td>{toShown(step.next)}</td>
              </tr>
            ))}
            {(steps.length === 0 || mayEnd) && (
              <tr aria-current={name === here && steps.length === 0 ? 'step' : undefined}>
                {steps.length === 0 && <StateName protocol={protocol} name={name} rows={1} />}
                <td colSpan={3} class="quiet">
                  {steps.length === 0 ? protocolTexts.end : protocolTexts.mayEnd}
                </td>
              </tr>
            )}
          </tbody>
        ))}
      </table>
    </div>
  )
}

/** StateName shows the name of a state beside the rows of its messages. */
function StateName({ protocol, name, rows }: TableProps & { readonly name: string; readonly rows: number }) {
  return (
    <th scope="rowgroup" rowSpan={rows}>
      {toShown(name)} {name === protocol.start && <small class="quiet">{protocolTexts.start}</small>}
    </th>
  )
}

/** Facts lists the properties of a program, and the program's ports on this server. */
export function Facts({ protocol }: TableProps) {
  const { facts, ports, start } = protocol
  const here = ports.map(({ transport, port }) => `${transport.toUpperCase()}${port === undefined ? '' : ` ${port}`}`).join(', ')
  const tcp = ports.find(({ transport }) => transport === 'tcp')?.port
  const own = [
    { name: protocolTexts.portHere, value: here },
    { name: protocolTexts.begins, value: protocolTexts.sends[speakerOf(protocol, legalSteps(protocol, start))] },
    ...(tcp === undefined ? [] : [{ name: protocolTexts.connectBy, value: `nc ${location.hostname} ${tcp}` }]),
  ]
  return (
    <dl class="facts">
      {[...facts, ...own].map(({ name, value }) => [<dt key={name}>{toShown(name)}</dt>, <dd key={`${name} value`}>{toShown(value)}</dd>])}
    </dl>
  )
}

/** Conversations shows example conversations as text. */
export function Conversations({ protocol: { conversations } }: TableProps) {
  return (
    <>
      <p class="quiet small">{protocolTexts.conversationsAbout}</p>
      <pre class="conversations mono" role="group" aria-label={protocolTexts.tables.conversations} tabIndex={0}>
        {toShown(conversations)}
      </pre>
    </>
  )
}
