import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as face from '../../src/parlor.ts'
import * as kit from '../../src/testing.ts'

const root = join(import.meta.dirname, '../..')

describe('the public face', () => {
  test.each([
    ['parlor', face],
    ['testing', kit],
  ])('is exported under the same names from the package: %s', async (name, module) => {
    const exported = (await import(join(root, `bin/exports/${name}.js`))) as Readonly<Record<string, unknown>>
    expect(Object.keys(exported).sort()).toEqual(Object.keys(module).sort())
    for (const value of Object.values(exported)) expect(value).toBeDefined()
  })

  test('has at most 56 names', () => {
    const text = readFileSync(join(root, 'src/parlor.ts'), 'utf8')
    const names = [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) =>
      list.split(',').filter((one) => one.trim() !== ''),
    )
    expect(names.length).toBeGreaterThan(30)
    expect(names.length).toBeLessThanOrEqual(56)
  })
})
