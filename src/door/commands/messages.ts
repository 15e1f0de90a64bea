import { parseWhole } from '../../base/counts.ts'
import { isRefusal } from '../../games/game.ts'
import type { Lobby } from '../../hall/api.ts'
import { BOUNDS } from '../../hall/number-bounds.ts'
import { formatList, formatUnknownUser, toSafeLine } from '../layout.ts'
import type { DoorSession } from '../session.ts'
import type { CommandOutput, DoorCommand } from './command.ts'

/** Maximum number of words that the session tries as a name. */
const WORDS = 6
/** Maximum number of watchers in one list. */
const NAMED = 50

/**
 * Splits a text into a name and the rest. The name is the longest name of an online user with which the text begins. If there is no such
 * user, the name is the first word.
 */
function nameAndText({ me, isOnline }: Pick<Lobby, 'me' | 'isOnline'>, text: string): { readonly name: string; readonly rest: string } {
  const words = [...text.matchAll(/\S+/g)]
  for (let count = Math.min(WORDS, words.length); count > 1; count--) {
    const end = (words[count - 1]?.index ?? 0) + (words[count - 1]?.[0].length ?? 0)
    const name = text.slice(0, end)
    if (isOnline(name) || name === me?.name) return { name, rest: text.slice(end).trim() }
  }
  const [, name = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(text) ?? []
  return { name: name.replaceAll('_', ' '), rest }
}

async function tell(session: DoorSession, rest: string): Promise<CommandOutput> {
  const { lobby } = session
  const { name, rest: text } = nameAndText({ me: lobby.me, isOnline: (one) => lobby.isOnline(one) }, rest)
  if (name === '' || text === '') return 'Type a name and a text, such as "tell ada hello".'
  const refusal = await lobby.message(name, text)
  if (refusal?.code === 'no-such-person') return formatUnknownUser(name)
  if (refusal) return session.sentence(refusal.refused, [name])
  const shown = lobby.findOnlineName(name) ?? name
  return session.sentence(`${shown} has received your message`, [shown])
}

async function mute(session: DoorSession, name: string): Promise<CommandOutput> {
  const { lobby } = session
  if (name === '') {
    const { muted } = lobby
    return muted.length === 0 ? 'You have muted no user. "mute NAME" mutes a user.' : `Muted: ${formatList(muted.map(toSafeLine))}.`
  }
  const refusal = await lobby.mute(name)
  if (refusal) return refusal.code === 'no-such-person' ? formatUnknownUser(name) : refusal
  const shown = toSafeLine(lobby.muted.at(-1) ?? name)
  return `You have muted ${shown} until you disconnect or type "unmute ${shown}".`
}

function unmute({ lobby }: DoorSession, name: string): CommandOutput {
  if (name === '') return 'Type the name of a muted user, too. "mute" lists them.'
  const before = lobby.muted
  const refusal = lobby.unmute(name)
  const [unmuted = name] = before.filter((one) => !lobby.muted.includes(one))
  return refusal ?? `You no longer mute ${toSafeLine(unmuted)}.`
}

function watchers({ lobby, present }: DoorSession, rest: string): CommandOutput {
  const table = rest === '' ? present?.table : parseWhole(rest, BOUNDS.table)
  if (table === undefined) return 'Type the number of a table, too, such as "watchers 17". "tables" lists them.'
  const page = lobby.watchers(table, { count: NAMED })
  if (isRefusal(page)) return `There is no table ${table} to watch: "tables" lists them.`
  const { items, total } = page
  if (total === 0) return `No user watches table ${table}.`
  const more = total > items.length ? ` and ${total - items.length} more` : ''
  return `Table ${table} is watched by ${more === '' ? formatList(items.map(toSafeLine)) : items.map(toSafeLine).join(', ')}${more}.`
}

/** The commands for messages between users, without the talk at a table. */
export const messageCommands: readonly DoorCommand[] = [
  {
    name: 'tell',
    cost: 4,
    also: ['message', 'msg', 'whisper'],
    usage: 'tell NAME TEXT',
    about: 'send a message to a user who is here; no other user sees it',
    needs: ['name'],
    run: tell,
  },
  {
    name: 'mute',
    also: ['ignore'],
    usage: 'mute [NAME]',
    about: 'block messages, chat and challenges from a user',
    more: () => ['The block ends when you disconnect. It also applies if the user changes the', 'name. "mute" alone lists muted users.'],
    needs: ['name'],
    run: mute,
  },
  { name: 'unmute', also: ['unignore'], usage: 'unmute NAME', about: 'stop muting a user', needs: ['name'], run: unmute },
  {
    name: 'watchers',
    cost: 4,
    usage: 'watchers [N]',
    about: 'list the watchers of table N, or of your table',
    needs: ['name'],
    run: watchers,
  },
]
