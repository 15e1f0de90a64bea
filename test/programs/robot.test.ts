import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fakePeer } from '../support/fake-peer.ts'
import { play } from '../support/play.ts'

const ASK = 'FORWARD, LEFT, RIGHT or END: '

/** Returns the last lines below the grids that the robot has shown. */
const places = (screen: string) => screen.split('\n').filter((line) => line.startsWith('Column'))

describe('tjc/robot (TJC notes, section 6)', () => {
  test('the remote control drives; the robot shows its position, and sends nothing', async () => {
    const played = await play({ program: 'tjc/robot', join: ['FORWARD', 'right', ' Forward ', 'left', 'end'] })
    expect(played).toMatchObject({
      toServer: 'FORWARD\nRIGHT\nFORWARD\nLEFT\nEND\n',
      toClient: '',
      hostEnd: undefined,
      joinEnd: undefined,
    })
    expect(places(played.host)).toEqual([
      'Column 6, row 6, heading north.',
      'Column 6, row 7, heading north.',
      'Column 6, row 7, heading east.',
      'Column 7, row 7, heading east.',
      'Column 7, row 7, heading north.',
    ])
    expect(played.join).toBe(`${ASK}FORWARD\n${ASK}right\n${ASK} Forward \n${ASK}left\n${ASK}end\n`)
  })

  test('END may be first, and Ctrl-D sends it', async () => {
    for (const join of [['END'], []]) {
      expect(await play({ program: 'tjc/robot', join })).toMatchObject({ toServer: 'END\n', hostEnd: undefined, joinEnd: undefined })
    }
  })

  test('asks again for an unknown instruction, without sending it', async () => {
    const played = await play({ program: 'tjc/robot', join: ['', 'BACK', 'FORWARD LEFT', 'F', 'LEFT'] })
    expect(played.toServer).toBe('LEFT\nEND\n')
    expect(played.join.split(ASK)).toHaveLength(7)
  })

  test('at the border the robot stays, and reports it', async () => {
    const played = await play({ program: 'tjc/robot', join: Array(6).fill('FORWARD') })
    expect(places(played.host).slice(-2)).toEqual([
      'Column 6, row 11, heading north.',
      'Column 6, row 11, heading north. The border is in the way.',
    ])
  })

  test('instructions may be glued, and split anywhere', async () => {
    const steps = ['FORWARD', 'LEFT', 'RIGHT', 'FORWARD'] as const
    const wire = `${steps.join('\n')}\nEND\n`
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: wire.length - 1 })), async (cuts) => {
        const borders = [0, ...cuts.sort((a, b) => a - b), wire.length]
        const peer = await fakePeer('tjc/robot', 'server')
        await peer.say(...borders.slice(1).map((border, at) => wire.slice(borders[at], border)))
        expect(await peer.close()).toBeUndefined()
        expect(places(peer.screen)).toHaveLength(steps.length + 1)
        expect(places(peer.screen).at(-1)).toBe('Column 6, row 8, heading north.')
        expect(peer.received).toBe('')
      }),
      { numRuns: 40 },
    )
  })

  test.each([
    ['BACK', ''],
    ['forward', '; write "FORWARD", and not "forward"'],
    ['Left ', '; write "LEFT", and not "Left"'],
    ['FORWARD ', '; leave out the blanks around it'],
    ['FORWARDLEFT', '; a line end (\\n) is missing after "FORWARD"'],
    ['', '; an empty line is often one line end too many'],
    ['ENDE', ''],
  ])('%j is not an instruction: the robot prints a sentence and resets', async (said, hint) => {
    const peer = await fakePeer('tjc/robot', 'server')
    await peer.say('LEFT\n', `${said}\n`)
    const expected = 'expected "FORWARD", "LEFT" or "RIGHT", or "END" to stop'
    expect((await peer.end())?.message).toBe(`the client sent ${JSON.stringify(said)}, which does not belong here; ${expected}${hint}`)
    expect(peer.gaveUp).toBe('reset')
    expect(places(peer.screen).at(-1)).toBe('Column 6, row 6, heading west.')
  })

  test.each(['close', 'reset'] as const)(
    'the robot reports a remote control that closes without END (%s) with a sentence',
    async (leaves) => {
      const peer = await fakePeer('tjc/robot', 'server')
      await peer.say('FORWARD\nLE')
      expect((await peer[leaves]())?.message).toContain('expected "FORWARD", "LEFT" or "RIGHT"')
    },
  )

  test('bytes after END are ignored', async () => {
    const peer = await fakePeer('tjc/robot', 'server')
    await peer.say('END\nNONSENSE\n')
    expect(await peer.close()).toBeUndefined()
  })

  test('a stopped robot resets, because the protocol has no message for it', async () => {
    const peer = await fakePeer('tjc/robot', 'server')
    peer.conversation.stop(new Error('stopped'))
    expect((await peer.end())?.message).toBe('stopped')
    expect(peer.gaveUp).toBe('reset')
  })
})
