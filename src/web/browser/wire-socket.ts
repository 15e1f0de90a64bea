import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { WireFromPage, WireToPage } from '../../lab/wire/wire-messages.ts'
import { toSocketAddress, toWait } from '../connection/socket.ts'
import { chooseConnection, emptyWire, foldWire, type WireModel } from '../model/wire-model.ts'

/** Name under which the tab stores the ticket of a code. */
const TICKET = 'parlor.wire'

/** WireControl has the model of the wire view and the acts of the user. */
export interface WireControl {
  readonly model: WireModel
  send(message: WireFromPage): void
}

/**
 * Connects the wire view to the server while the page shows the view, and connects again after a lost connection. The view shows the
 * `wanted` connection first, if the server lists this connection.
 */
export function useWire(wanted: number | undefined): WireControl {
  const [model, setModel] = useState(emptyWire)
  const current = useRef<WireModel>(emptyWire)
  const socket = useRef<WebSocket>(undefined)
  useEffect(() => {
    let attempt = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    let isShown = true
    let known: ReadonlySet<number> | undefined
    const change = (next: WireModel) => {
      current.current = next
      setModel(next)
    }
    const connect = () => {
      const opened = new WebSocket(toSocketAddress('ws/wire'))
      socket.current = opened
      opened.addEventListener('message', ({ data }) => {
        attempt = 0
        // the server sends only messages that match the schema
        const message = JSON.parse(String(data)) as WireToPage
        change(foldWire(current.current, message, performance.now()))
        if (message.type === 'file') saveFile(message)
        if (message.type === 'ticket') storeTicket(message.ticket)
        if (message.type !== 'connections') return
        const asked = known === undefined ? message.connections.find(({ connection }) => connection === wanted) : undefined
        const chosen = asked ?? chooseConnection(current.current, known ?? new Set())
        known = new Set(message.connections.map(({ connection }) => connection))
        if (chosen) opened.send(JSON.stringify({ type: 'watch', connection: chosen.connection } satisfies WireFromPage))
      })
      opened.addEventListener('open', () => {
        const ticket = sessionStorage.getItem(TICKET)
        if (ticket !== null) opened.send(JSON.stringify({ type: 'ticket', ticket } satisfies WireFromPage))
      })
      opened.addEventListener('close', () => {
        if (!isShown) return
        known = undefined
        change({ ...emptyWire, link: 'lost', rows: current.current.rows, watching: current.current.watching })
        timer = setTimeout(connect, toWait(++attempt))
      })
    }
    connect()
    return () => {
      isShown = false
      clearTimeout(timer)
      socket.current?.close()
    }
  }, [wanted])
  const send = useMemo(
    () => (message: WireFromPage) => {
      if (socket.current?.readyState === WebSocket.OPEN) socket.current.send(JSON.stringify(message))
    },
    [],
  )
  return { model, send }
}

/** Stores the ticket of a code for this tab; an empty ticket deletes the stored ticket. */
function storeTicket(ticket: string): void {
  if (ticket === '') sessionStorage.removeItem(TICKET)
  else sessionStorage.setItem(TICKET, ticket)
}

/** Downloads an export as a file. */
function saveFile({ name, format, data }: Extract<WireToPage, { type: 'file' }>): void {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0))
  const address = URL.createObjectURL(new Blob([bytes], { type: format === 'html' ? 'text/html' : 'application/vnd.tcpdump.pcap' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
