import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const source = join(import.meta.dirname, '../../src')

/** Exported types that a text declares; a schema and the type that is inferred from it count once. */
function exportedTypes(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^export (?:declare )?(?:abstract )?(?:interface|type|class|enum) (\w+)/gm)].map(([, name = '']) => name),
  )
}

test('no exported type name is declared in two files', () => {
  const declared = new Map<string, string[]>()
  const files = globSync('**/*.{ts,tsx}', { cwd: source }).sort()
  expect(files.length).toBeGreaterThan(200)
  for (const file of files) {
    for (const name of exportedTypes(readFileSync(join(source, file), 'utf8'))) declared.set(name, [...(declared.get(name) ?? []), file])
  }
  expect(declared.size).toBeGreaterThan(300)
  expect([...declared].filter(([, where]) => where.length > 1)).toEqual([])
})

test('detects a name that is declared twice', () => {
  expect(exportedTypes('export class Seat {}\nexport type Other = Seat\n')).toEqual(new Set(['Seat', 'Other']))
  expect(exportedTypes('export abstract class Seat {}\nclass Inner {}\n')).toEqual(new Set(['Seat']))
})
