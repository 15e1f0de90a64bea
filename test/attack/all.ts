import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Attack } from './attack.ts'

const folder = join(import.meta.dirname, 'attacks')

/** All attacks by the names of their files, in alphabetical order. */
export async function allAttacks(): Promise<ReadonlyMap<string, Attack>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort()
  const attacks = new Map<string, Attack>()
  for (const file of files) {
    const { attack } = (await import(join(folder, file))) as { attack: Attack }
    attacks.set(basename(file, '.ts'), attack)
  }
  return attacks
}
