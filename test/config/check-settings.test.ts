import fc from 'fast-check'
import { stringify } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { parseCheckFile } from '../../src/config/check-settings.ts'
import { ConfigError } from '../../src/config/config.ts'

/** Returns the sentences with which a file is refused. */
function sentencesOf(toml: string): readonly string[] {
  try {
    parseCheckFile('parlor-check.toml', toml)
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences
    throw error
  }
  return []
}

const words = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() === text && text.isWellFormed())
const points = fc.integer({ min: 1, max: 1_000_000 }).map((number) => number / 100)
const key = fc.stringMatching(/^[a-z][a-z:-]*$/)

const settings = fc.record(
  {
    ...{ program: words, client: words, server: words, build: words, folder: words },
    port: fc.integer({ min: 1, max: 65_535 }),
    level: fc.constantFrom('worksheet', 'robust'),
    options: fc.dictionary(key, fc.oneof(words, fc.boolean(), fc.integer())),
    points,
    weights: fc.dictionary(key, points),
  },
  { requiredKeys: [] },
)

describe('parlor-check.toml', () => {
  test('gives the settings that were written into it', () => {
    fc.assert(
      fc.property(settings, (written) => {
        expect(parseCheckFile('parlor-check.toml', stringify(written)).settings).toEqual(written)
      }),
    )
  })

  test.each([
    ['clint = "x"', 'line 1: clint (from parlor-check.toml) is not a setting; did you mean client? All settings: docs/checking.md'],
    ['\nport = "many"', 'line 2: port (from parlor-check.toml) is "many", and must be a port from 1 to 65535'],
    ['level = "high"', 'line 1: level (from parlor-check.toml) is "high", and must be worksheet or robust'],
    ['client = ""', /^line 1: client \(from parlor-check\.toml\) is "", and must be a command line, such as "python3 client\.py/],
    ['[weights]\nglued = 0.001', /^line 2: weights\.glued .* is 0\.001, and must be a number from 0, with at most two digits/],
    ['[weights]\nglued = -1', /^line 2: weights\.glued .* is -1/],
    ['[weights]\nglued = inf', /^line 2: weights\.glued/],
    ['points = 0', /^line 1: points .* a number from 0\.01/],
    ['port = 1\nport = 2', /^parlor-check\.toml, line 2, column 1: trying to redefine/],
    ['client = python3', /^parlor-check\.toml, line 1, column 10: .*texts are in quotes/],
  ])('refuses %j with its line', (toml, sentence) => {
    const [first, ...others] = sentencesOf(toml)
    expect(others).toEqual([])
    if (typeof sentence === 'string') expect(first).toBe(sentence)
    else expect(first).toMatch(sentence)
  })

  test('is refused with a sentence for each mistake, in the order of its lines', () => {
    expect(sentencesOf('port = 0\n[weights]\nx = "y"\n[options]\nz = []').map((sentence) => sentence.split(' (')[0])).toEqual([
      'line 1: port',
      'line 3: weights.x',
      'line 5: options.z',
    ])
  })
})
