import { useEffect, useReducer, useRef } from 'preact/hooks'
import { openTrialLink, type TrialLink } from '../connection/trial-link.ts'
import { toHex } from '../model/escapes.ts'
import { emptyTrial, foldTrial, type TrialModel } from '../model/trial.ts'
import { protocolTexts } from '../protocol-texts.ts'

/** TrialActs has the functions with which a user acts in a trial. */
export interface TrialActs {
  connect(): void
  disconnect(): void
  send(bytes: Uint8Array): void
  /** Ends the client's direction of the connection (half-close). */
  finish(): void
}

/** Returns the trial of a program and the acts of the user. Disconnects the trial when the page no longer shows the view. */
export function useTrial(name: string): TrialActs & { readonly trial: TrialModel } {
  const [trial, take] = useReducer(foldTrial, emptyTrial)
  const link = useRef<TrialLink>(undefined)
  useEffect(() => () => link.current?.close(), [])
  return {
    trial,
    connect() {
      link.current?.close()
      link.current = openTrialLink({ name, take, refused: protocolTexts.lost, cut: protocolTexts.cut })
    },
    disconnect() {
      link.current?.close()
      take({ type: 'closed', reason: undefined })
    },
    send: (bytes) => link.current?.send({ type: 'send', bytes: toHex(bytes) }),
    finish() {
      link.current?.send({ type: 'finish' })
      take({ type: 'finishing' })
    },
  }
}
