import { describe, expect, test } from 'vitest'
import { MemoryNativeClient } from '../support/memory-native-client.ts'
import { TestLobby } from '../support/test-lobby.ts'

const SEEK = { type: 'seek', game: 'tictactoe', wait: null, private: true } as const

/** Connects a guest, who has a private seek; returns the guest with the code. */
async function invite(lobby: TestLobby, name: string, address?: string) {
  const client = new MemoryNativeClient(lobby.service, address)
  await client.say({ type: 'enter', name })
  return { client, code: codeOf(await client.say(SEEK)) }
}

function codeOf(answer: object): string {
  if (!('code' in answer) || typeof answer.code !== 'string') throw new Error(`there is no code: ${JSON.stringify(answer)}`)
  return answer.code
}

describe('the code of a private seek', () => {
  test('is valid again after a lost connection, so that a friend joins by the link of before', async () => {
    const lobby = new TestLobby()
    const { client, code } = await invite(lobby, 'ada')
    const { secret = '' } = client.last('entered')
    client.drop()
    const bob = new MemoryNativeClient(lobby.service)
    await bob.say({ type: 'enter', name: 'bob' })
    expect(await bob.say({ type: 'join', code })).toMatchObject({ code: 'no-such-code' })
    const ada = new MemoryNativeClient(lobby.service)
    await ada.say({ type: 'enter', name: 'ada', secret })
    expect(codeOf(await ada.say({ ...SEEK, code }))).toBe(code)
    expect(await bob.say({ type: 'join', code })).toMatchObject({ type: 'ok' })
    expect(ada.last('seated')).toMatchObject({ names: expect.arrayContaining(['ada', 'bob']), private: true })
  })

  test('is the same if the user replaces an open seek by the same seek', async () => {
    const { client, code } = await invite(new TestLobby(), 'ada')
    expect(codeOf(await client.say({ ...SEEK, code, replace: true }))).toBe(code)
  })

  test('is a new code if the typed code is no code, or another user has it', async () => {
    const lobby = new TestLobby()
    const { code } = await invite(lobby, 'ada')
    const bob = new MemoryNativeClient(lobby.service)
    await bob.say({ type: 'enter', name: 'bob' })
    for (const typed of [code, 'no-code', '']) expect(codeOf(await bob.say({ ...SEEK, code: typed, replace: true }))).not.toBe(typed)
  })

  test('cannot be guessed by requests for codes, which the limit of wrong codes counts, too', async () => {
    const lobby = new TestLobby()
    const { client, code } = await invite(lobby, 'ada', '10.0.0.9')
    let kept = 0
    for (let tries = 0; tries < 100; tries++) if (codeOf(await client.say({ ...SEEK, code, replace: true })) === code) kept++
    expect(kept).toBeGreaterThan(2)
    expect(kept).toBeLessThan(30)
    expect(await client.say({ type: 'join', code, replace: true })).toMatchObject({ code: 'throttled' })
  })
})
