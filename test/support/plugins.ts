import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** The folder of the example plug-ins. */
export const examples = join(import.meta.dirname, '../../examples/plugins')

/** Writes a plug-in into a folder of its own, far from this repository; returns its path. */
export async function pluginFile(text: string, name = 'plugin.ts'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parlor-plugin-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

/** The text of a plug-in with a game in which each of two players names a number, and the larger wins. */
export function numbersPlugin(more = ''): string {
  return `import { defineGame } from 'parlor'
const game = defineGame({
  name: 'numbers',
  seats: { min: 2, max: 2 },
  setup: () => ({ said: [] }),
  toMove: ({ said }) => (said.length < 2 ? [said.length] : []),
  play: ({ said }, seat, number) => (seat === said.length ? { said: [...said, number] } : { refused: 'wait' }),
  outcome: ({ said: [one, two] }) => (two === undefined ? undefined : { winners: one === two ? [] : [one > two ? 0 : 1] }),
  view: (state) => state,
  notation: {
    parse: (text) => (/^\\d$/.test(text) ? Number(text) : { refused: 'type a digit' }),
    print: String,
    render: ({ said }) => said.join(' ') + '\\n',
  },
  ${more}
})
export const games = [game]
`
}
