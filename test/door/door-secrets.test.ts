import { expect, test } from 'vitest'
import { accountCommands } from '../../src/door/commands/account.ts'
import { commands } from '../../src/door/commands/index.ts'
import { findDoorSecrets, PLAIN_COMMANDS, TALK_COMMANDS } from '../../src/door/door-secrets.ts'

/** Commands after which a password can follow, in the same line or in the next. */
const SECRET = new Set(['login', 'name', 'register', 'unregister', 'password'])

test('the words that are no passwords are those of all commands, except for those of accounts', () => {
  const words = commands.filter(({ name }) => !SECRET.has(name)).flatMap(({ name, also = [] }) => [name, ...also])
  expect([...PLAIN_COMMANDS, ...TALK_COMMANDS].sort()).toEqual([...words].sort())
  expect(accountCommands.map(({ name }) => name)).toEqual(expect.arrayContaining([...SECRET]))
})

test.each([...PLAIN_COMMANDS, 'rematch', 'watchers'])('a line with the command "%s" alone is not masked', (word) => {
  expect(findDoorSecrets('client', word, { asked: undefined, whole: true })).toEqual([])
})

test.each(['engine-1843', 'people', 'unwatch', 'shout'])('another word, such as "%s", can be a password, and is masked', (word) => {
  expect(findDoorSecrets('client', word, { asked: undefined, whole: true })).not.toEqual([])
})
