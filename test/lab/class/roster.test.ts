import { describe, expect, test } from 'vitest'
import { Roster, RosterError } from '../../../src/lab/class/roster.ts'

/** The sentences of the error with which a text is refused. */
function faultsOf(text: string): readonly string[] {
  try {
    new Roster(text)
  } catch (error) {
    if (error instanceof RosterError) return error.sentences
    throw error
  }
  throw new Error('the roster is valid')
}

describe('a roster', () => {
  test('gives a desk to an address, to a name in any case, and to the smallest range, in this order', () => {
    const roster = new Roster(
      ['desk,address,name', 'desk 3,10.0.3.7,Ada', 'room 3,10.0.3.0/24,', 'building,10.0.0.0/8,', 'left,2001:db8::5,', 'back,,grace'].join(
        '\r\n',
      ),
    )
    const desks = [
      [{ host: '10.0.3.7' }, 'desk 3'],
      [{ host: '::ffff:10.0.3.7' }, 'desk 3'],
      [{ host: '10.0.3.7', name: 'grace' }, 'desk 3'],
      [{ host: '10.0.9.9', name: 'ADA' }, 'desk 3'],
      [{ host: '10.0.3.8', name: 'grace' }, 'back'],
      [{ host: '10.0.3.8' }, 'room 3'],
      [{ host: '10.9.9.9', name: 'alan' }, 'building'],
      [{ host: '2001:db8:0:0::5' }, 'left'],
      [{ host: '2001:db8::6' }, undefined],
      [{ host: '/run/parlor/guess.sock' }, undefined],
      [{ host: '192.168.1.1' }, undefined],
    ] as const
    for (const [row, desk] of desks) expect(roster.find(row), JSON.stringify(row)).toBe(desk)
  })

  test.each([
    ['semicolons', 'desk;network;name\ndesk 1;10.0.0.1;\n'],
    ['tabs, and a byte order mark', '\ufeffdesk\taddress\ndesk 1\t10.0.0.1\n'],
    ['quotes, empty lines and empty columns', '\nName,Address,Desk,\n\n,10.0.0.1,"desk 1",,\n,,,\n'],
  ])('may be written with %s', (_, text) => {
    expect(new Roster(text).find({ host: '10.0.0.1' })).toBe('desk 1')
  })

  test.each([
    ['', ['line 1: the first line must name the columns: desk, and address, name or both, as in desk,address,name']],
    ['desk,seat\n', [expect.stringMatching(/^line 1: the first line must name the columns/)]],
    ['desk\nx\n', [expect.stringMatching(/^line 1: the first line must name the columns/)]],
    ['desk,name,name\n', [expect.stringMatching(/^line 1: the first line must name the columns/)]],
    ['desk,address\n\ndesk 1,10.0.0.300\n', ['line 3: "10.0.0.300" is not an address such as 10.0.3.7, nor a range such as 10.0.3.0/24']],
    ['desk,address\ndesk 1,10.0.0.0/33\n', [expect.stringMatching(/^line 2: "10\.0\.0\.0\/33" is not an address/)]],
    ['desk,address\n,10.0.0.1\n', ['line 2: there is no desk']],
    ['desk,address,name\ndesk 1,,\n', ['line 2: the desk "desk 1" has neither an address nor a name']],
    ['desk,name\na,ada\nb,grace\nc,Ada\n', ['line 4: "Ada" has the desk "a" already, in line 2']],
    ['desk,address\na,::1\nb,0:0:0:0:0:0:0:1\n', ['line 3: 0:0:0:0:0:0:0:1 has the desk "a" already, in line 2']],
    [`desk,name\n${'d'.repeat(41)},ada\n`, ['line 2: a desk has at most 40 characters']],
    ['desk,name\na\u001b[2J,ada\n', ['line 2: a desk must not contain control characters']],
    ['desk,name\n"a"b,ada\n', ['line 2: put a field that contains " in quotes, and double each " inside it']],
  ])('is refused with the line: %j', (text, sentences) => {
    expect(faultsOf(text)).toEqual(sentences)
  })

  test('with many mistakes is refused with the first five and the number of the others', () => {
    const sentences = faultsOf(`desk,address\n${'x,y\n'.repeat(9)}`)
    expect(sentences).toHaveLength(6)
    expect(sentences.at(-1)).toBe('4 further lines are not valid')
  })
})
