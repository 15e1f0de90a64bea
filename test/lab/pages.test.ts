import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toWatchedProtocol } from '../../src/lab/monitor/monitor.ts'
import { formatPage } from '../../src/lab/pages/page-formats.ts'
import type { RecordingEntry } from '../../src/lab/recordings/recording.ts'
import { hasProgram } from '../support/capture.ts'
import { program } from '../support/play.ts'
import { CLIENT, ending, opening, SERVER, START, segment } from './recordings/samples.ts'

const HOSTILE = '</code><script>alert(1)</script><img src=x onerror=alert(1)>"\'&amp;\x1b[31m\0\u202e\n'

async function format(suffix: string, entries: readonly RecordingEntry[]): Promise<string> {
  return formatPage(suffix, entries, [toWatchedProtocol(await program('chat'))])
}

test.each(['.html', '.svg'])('escapes what peers have sent in %s', async (suffix) => {
  const page = await format(suffix, [opening, segment('client', HOSTILE, 10), segment('server', HOSTILE, 20)])
  const scripts = page.split('<script').length - 1
  expect(scripts).toBe(suffix === '.html' ? 1 : 0)
  expect(page).toContain('&lt;script&gt;alert(1)')
  expect(page).not.toMatch(/<img|onerror=alert\(1\)>[^&]*</)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  expect(page).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
})

test('a page of HTML needs nothing from elsewhere, and allows its own script alone', async () => {
  const page = await format('.html', [opening, segment('client', 'hello\n', 10)])
  expect(page).not.toMatch(/(?:src|href)=|@import|url\(/)
  const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? []
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(script))).toString('base64')
  expect(script.length).toBeGreaterThan(100)
  expect(page).toContain(`script-src &#39;sha256-${digest}&#39;`)
})

test('a page marks the wrong character, names each direction, and shows its filters to scripts alone', async () => {
  const entries = [opening, segment('server', 'GUESS\n', 10), segment('client', '5\n', 20), segment('server', 'LÖW\n', 30)]
  const page = await formatPage('.html', [...entries, ending('server', 'reset', 40)], [toWatchedProtocol(await program('guess'))])
  expect(page).toContain('<h1>Recording of tjc/guess</h1>')
  expect(page).toContain('2025-10-09 08:53:20 UTC · 1 connection, 1 violation')
  expect(page).toContain('&quot;L<mark>Ö</mark>W\\n&quot;')
  const [toClient, toServer] = ['server to client: ', 'client to server: ']
  expect(page.match(/server to client: |client to server: /g)).toEqual([toClient, toServer, toClient, toClient])
  expect(page).toMatch(/class="row server broken[^"]*"[^>]*>.*breaks off \(RST\)/)
  expect(page).toContain('<form hidden>')
  expect(page).toContain("querySelector('form').hidden = false")
})

test('a picture is well-formed XML, for any bytes that were sent', async ({ skip }) => {
  skip(!hasProgram('python3'), 'python3, whose parser checks the picture, is not installed')
  const pictures = await Promise.all(
    fc.sample(fc.uint8Array({ minLength: 1, maxLength: 300 }), { numRuns: 40, seed: 3 }).map((bytes) =>
      format('.svg', [
        { type: 'open', connection: 1, at: START, transport: 'tcp', client: CLIENT, server: SERVER },
        { type: 'segment', connection: 1, at: START + 1, from: 'client', bytes },
        { type: 'end', connection: 1, at: START + 2, from: 'client', how: 'reset' },
      ]),
    ),
  )
  const check =
    'import sys,json,xml.dom.minidom\nfor one in json.load(sys.stdin): xml.dom.minidom.parseString(one.encode())\nprint("well-formed")'
  expect(execFileSync('python3', ['-c', check], { input: JSON.stringify(pictures), encoding: 'utf8' })).toBe('well-formed\n')
})
