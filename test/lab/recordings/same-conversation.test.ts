import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRecording } from '../../../src/lab/recordings/formats.ts'
import type { ConnectionOpening } from '../../../src/lab/recordings/recording.ts'
import { canCapture } from '../../support/capture.ts'
import { folder } from '../../support/folders.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { FILES, TCP_CONVERSATIONS, tapConversations, UDP_CONVERSATIONS } from '../../support/tapped-conversations.ts'

const CASES = [
  ...TCP_CONVERSATIONS.map((conversation, at) => ({ ...conversation, transport: 'tcp' as const, number: at + 1 })),
  ...UDP_CONVERSATIONS.map((conversation, at) => ({ ...conversation, transport: 'udp' as const, number: at + 1 })),
]

function openingsOf(file: string, transport: 'tcp' | 'udp'): readonly ConnectionOpening[] {
  const openings = readRecording(readFileSync(file)).entries.filter((entry) => entry.type === 'open')
  return openings.filter((opening) => opening.transport === transport)
}

/** Returns what `parlor show` prints of a connection, without its times and its number. */
async function show(file: string, program: string, connection: number): Promise<readonly string[]> {
  const { output, code } = await runInProcess('show', file, program, '--connection', String(connection))
  expect(code).toBe(0)
  const [opening = '', ...lines] = output.trimEnd().split('\n')
  expect(opening).toMatch(/^#\d+ {2}opens: /)
  return lines.map((line) => line.replace(/^#\d+ {2}[\d.]+ s {2}/, '').replace(/^connection \d+: [\d.]+ s; /, ''))
}

/** Compares what is shown of each recording of the tap with what is shown of the captures before and behind the tap. */
async function compareFiles(files: string): Promise<void> {
  for (const { title, program, transport, number, shows, steps } of CASES) {
    const [recording, capture] = [join(files, FILES[transport]), join(files, FILES.capture)]
    const shown = await show(recording, program, number)
    expect(shown.length, title).toBeGreaterThan(steps.length / 2)
    expect(shown.join('\n'), title).toContain(shows)
    // the client and the server both speak to the tap, so each capture has one port that is also in the recording
    const opening = openingsOf(recording, transport).find(({ connection }) => connection === number)
    const captured = openingsOf(capture, transport)
    const before = captured.find(({ client }) => client.port === opening?.client.port)
    const behind = captured.filter(({ server }) => server.port === opening?.server.port)[number - 1]
    expect(before?.connection, title).not.toBe(behind?.connection)
    for (const one of [before, behind]) expect(await show(capture, program, one?.connection ?? 0), title).toEqual(shown)
  }
}

// where it is skipped, the committed files stand in
test('a recording of the tap and captures by tcpdump show the same messages, states and violations', async ({ skip }) => {
  skip(!canCapture, 'needs Linux, root and tcpdump: apt-get install tcpdump')
  const files = folder()
  await tapConversations(files)
  await compareFiles(files)
})

test('a committed recording of the tap and the capture of the same conversations show the same', async () => {
  await compareFiles(join(import.meta.dirname, '../../fixtures/captures'))
})
