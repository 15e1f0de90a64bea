import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { isRefusal } from '../games/game.ts'
import { Passwords } from '../hall/accounts/passwords.ts'
import { makeToken } from '../hall/accounts/tokens.ts'
import { UsageError } from './diagnostics.ts'
import { readTextFile } from './text-file.ts'

/** ClassPassword is the password with which the operator sees the class console in a browser. */
export interface ClassPassword {
  /** Hash of the password, in the PHC form. */
  readonly passwordHash: string
  /** The password, if this start of the server has generated it. The server prints it once. */
  readonly password?: string
  /** The name of the file with the password, if the settings name a file. */
  readonly file?: string
}

/** Number of characters in a part of a generated password, and number of parts: 60 bits. */
const PART = 4
const PARTS = 3

/**
 * Reads the password of the class console from a file. Without a file, generates a password. Calls `warn` if other users can read the
 * file.
 * Rejects with a UsageError if the file cannot be read or has no valid password.
 */
export async function loadClassPassword(file: string | undefined, warn: (sentence: string) => void): Promise<ClassPassword> {
  const password = file === undefined ? makePassword() : await readPassword(file)
  const passwordHash = await new Passwords({ random: randomBytes }).hash(password)
  if (isRefusal(passwordHash)) throw new UsageError(`${file}: ${passwordHash.refused}`)
  if (file === undefined) return { passwordHash, password }
  if (await isReadableByOthers(file)) warn(`other users of this machine can read ${file}, the password of the class: chmod 600 ${file}`)
  return { passwordHash, file }
}

/** Returns a line with the address of the class console and its password. A server prints this line when it starts. */
export function formatClassPassword(url: string, { password, file }: ClassPassword): string {
  return `The class: ${url} with the password ${password ?? `in ${file}`}`
}

/** Generates a password in parts that are easy to type: `7K2M-Q4XP-9RTB`. */
function makePassword(): string {
  const token = makeToken(randomBytes)
  return Array.from({ length: PARTS }, (_, at) => token.slice(at * PART, (at + 1) * PART)).join('-')
}

async function readPassword(file: string): Promise<string> {
  const [password = '', ...further] = (await readTextFile(file)).trimEnd().split(/\r?\n/)
  if (password.trim() === '') throw new UsageError(`${file} is empty: write the password of the class console in its first line`)
  if (further.length > 0) throw new UsageError(`${file} has more than one line: write only the password of the class console into it`)
  return password
}

async function isReadableByOthers(file: string): Promise<boolean> {
  return process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0
}
