import { useEffect, useState } from 'preact/hooks'
import '../styles/protocols.css'
import { readProtocol, readProtocols } from '../connection/read-api.ts'
import { type AutomatonLayout, isLayoutOf } from '../model/automaton-layout.ts'
import { protocolTexts } from '../protocol-texts.ts'
import { toShown } from '../shown.ts'
import { texts } from '../texts.ts'
import { protocolLink } from './page.ts'
import { ProtocolPage } from './protocol.tsx'
import { ReadingState, useReading, useViewTitle } from './reading.tsx'
import { Trouble } from './says.tsx'

/** ProtocolsView lists the protocols of the server. With a name, shows the reference of the program of this name. */
export function ProtocolsView({ name }: { readonly name: string | undefined }) {
  return name === undefined ? <ProtocolTable /> : <OneProtocol key={name} name={name} />
}

function ProtocolTable() {
  useViewTitle(protocolTexts.title)
  const reading = useReading('protocols', readProtocols)
  const { columns } = protocolTexts
  return (
    <main class="page" id="main" tabIndex={-1}>
      <div class="page__head">
        <h1>{protocolTexts.title}</h1>
        <p>{protocolTexts.about}</p>
      </div>
      <ReadingState reading={reading}>
        {({ protocols }) => (
          <table class="tab">
            <thead>
              <tr>
                <th>{columns.program}</th>
                <th class="wide">{columns.short}</th>
                <th class="r">{columns.port}</th>
                <th>{columns.title}</th>
              </tr>
            </thead>
            <tbody>
              {protocols.map(({ name, short, title, ports }) => (
                <tr key={name}>
                  <td>
                    <a class="tab__link mono" href={protocolLink(name)}>
                      <bdi>{toShown(name)}</bdi>
                    </a>
                  </td>
                  <td class="wide mono">{short !== undefined && <bdi>{toShown(short)}</bdi>}</td>
                  <td class="r mono">{ports.find(({ port }) => port !== undefined)?.port}</td>
                  <td>
                    <bdi>{toShown(title)}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ReadingState>
    </main>
  )
}

function OneProtocol({ name }: { readonly name: string }) {
  useViewTitle(toShown(name))
  const reading = useReading(`protocol ${name}`, () => readProtocol(name))
  const layouts = useLayouts()
  if (reading.state === 'read' && layouts) {
    const layout = Object.hasOwn(layouts, reading.answer.name) ? layouts[reading.answer.name] : undefined
    return <ProtocolPage protocol={reading.answer} layout={layout && isLayoutOf(layout, reading.answer) ? layout : undefined} />
  }
  if (reading.state === 'refused' && reading.refusal.code === 'not-found') {
    return (
      <Trouble title={protocolTexts.noProtocol(toShown(name))} why={reading.refusal.message}>
        <a class="btn btn--go" href={protocolLink()}>
          {protocolTexts.toList}
        </a>
      </Trouble>
    )
  }
  return (
    <main class="page" id="main" tabIndex={-1}>
      <div class="page__head">
        <h1 class="mono">{toShown(name)}</h1>
        {reading.state !== 'refused' && <p>{texts.reading}</p>}
      </div>
      <ReadingState reading={reading}>{() => <div class="skel skel--row" />}</ReadingState>
    </main>
  )
}

/** Layouts has the layout of each shipped program, by the name of the program. */
type Layouts = Readonly<Record<string, AutomatonLayout>>

/** Loads the layouts that the build of the page has computed. Returns `undefined` until the layouts are loaded. */
function useLayouts(): Layouts | undefined {
  const [layouts, setLayouts] = useState<Layouts>()
  useEffect(() => {
    let isCurrent = true
    const show = (found: Layouts) => isCurrent && setLayouts(found)
    import('virtual:automaton-layouts').then(
      ({ default: found }) => show(found),
      (reason) => {
        // if the server does not send the layouts, the page shows the table of states instead of the drawing
        if (!(reason instanceof TypeError)) throw reason
        show({})
      },
    )
    return () => {
      isCurrent = false
    }
  }, [])
  return layouts
}
