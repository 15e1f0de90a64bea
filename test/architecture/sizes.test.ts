import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const source = join(import.meta.dirname, '../../src')

/** A file with more lines must be cut into topics. */
const LONGEST = 400
/** A file with fewer lines must be merged into the file of its topic. */
const SHORTEST = 30

/** Files with fewer lines, with the reason why each stands for itself. */
const SHORT: Readonly<Record<string, string>> = {
  'base/counts.ts': 'numbers and lists in words, for most rooms',
  'storage/postgres/index.ts': 'the composition of people and results in PostgreSQL',
  'base/durations.ts': 'times as texts, for settings, options and sentences',
  'base/errors.ts': 'thrown values as errors, for most rooms',
  'base/nearest.ts': '"did you mean", the only part that imports leven for it',
  'base/network-address.ts': 'what counts as one network, for all limits',
  'base/records.ts': 'plain objects from outside, for several rooms',
  'base/sizes.ts': 'sizes in bytes as texts',
  'base/sweep.ts': 'work on many items, some in each turn of the event loop',
  'cli/clock.ts': 'the clock of this process, which all commands share',
  'cli/wire-code.ts': 'a command, one file each',
  'config/defaults.ts': 'the help shows defaults, and does not load the settings for that',
  'door/door-automaton.ts': 'the automaton of a protocol, as in each program',
  'games/index.ts': 'the registry of games, without their texts and banks',
  'games/questions/bank.ts': 'the list of all banks, which is loaded on demand',
  'games/questions/plain.ts': 'HTML as text, for the importers of questions',
  'hall/login-costs.ts': 'costs of requests that several rooms charge',
  'lab/pages/page-formats.ts': 'the registry of pages',
  'server/gateway/secret-tries.ts': 'the limit of tries of codes and passwords, for both of them',
  'terminal/exit-codes.ts': 'the codes that scripts test, in one place',
  'testing.ts': 'the public face of the kit for tests',
  'testing/memory-peer.ts': 'a peer in memory, for several tests of the kit',
  'web/virtual-modules.d.ts': 'the type of a module that the build makes',
  'web/browser/finished.tsx': 'a view, one file each',
  'web/browser/protocol-parts.tsx': 'the parts that the views of protocols share',
  'web/lobby-texts.ts': 'the texts of invitations, because the file of all texts is full',
  'web/model/messages.ts': 'names for parts of the native protocol',
  'wire/framing/recv.ts': 'a framing, one file each',
}

/** The declaration of a storage engine stands for itself, because the registry loads nothing else of the engine. */
const ENGINE = /^storage\/\w+\/engine\.ts$/

/** The number of lines of each file. */
function sizes(): ReadonlyMap<string, number> {
  const files = globSync('**/*.{ts,tsx}', { cwd: source }).map((file) => file.replaceAll('\\', '/'))
  return new Map(files.map((file) => [file, readFileSync(join(source, file), 'utf8').split('\n').length - 1]))
}

test('no file of src/ has more than 400 lines', () => {
  const found = [...sizes()]
  expect(found.length).toBeGreaterThan(200)
  expect(found.filter(([, lines]) => lines > LONGEST)).toEqual([])
})

test('a file of src/ with fewer than 30 lines is in the list of exceptions, and no other file is', () => {
  const short = [...sizes()].filter(([file, lines]) => lines < SHORTEST && !ENGINE.test(file)).map(([file]) => file)
  expect(short.sort()).toEqual(Object.keys(SHORT).sort())
})
