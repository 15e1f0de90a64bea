import { globSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readPage, root } from './blocks.ts'
import { testScenes } from './scenes.ts'

/** A lesson is a screen to one and a half. */
const LONGEST = 80

/** Milliseconds for a scene: a check at the level robust waits for silent and slow peers. */
const PATIENCE = 120_000

const lessons = globSync('docs/lessons/[0-9]*.md', { cwd: root }).sort()

test('there are ten lessons, and the index links to each of them in order', () => {
  const index = readPage('docs/lessons/README.md')
  const linked = [...index.matchAll(/^\| \[\d+\. .*?\]\((.*?)\)/gm)].map(([, file]) => `docs/lessons/${file}`)
  expect(lessons).toHaveLength(10)
  expect(linked).toEqual(lessons)
})

// the last lesson has the longest scene, so it begins first
describe.concurrent.each(lessons.toReversed())('%s', (file) => {
  const text = readPage(file)
  const [, answer = ''] = /\n\[A right answer\]\(answers\/(\w+\.\w+)\)\n$/.exec(text) ?? []

  test('says what you learn, and is short', () => {
    expect(text).toMatch(/^# \d+\. .*\n\nYou learn [^.]*\.\n\n## Try it\n/)
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(LONGEST)
  })

  test('has an exercise, a right answer, and a wrong answer to the same exercise', () => {
    expect(text).toContain(`\`mine/${answer}\``)
    expect(text).toContain(`(wrong/${answer})`)
    expect(readPage(`docs/lessons/answers/${answer}`)).not.toBe(readPage(`docs/lessons/wrong/${answer}`))
  })

  testScenes(file, 3, PATIENCE)
})
