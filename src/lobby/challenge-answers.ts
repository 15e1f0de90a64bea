import type { LobbyRefusal, SeekInfo } from '../hall/api.ts'
import { isNear, type OpenSeek } from '../hall/open-seek.ts'
import type { PersonId } from '../hall/ports.ts'
import type { LobbyContext } from './context.ts'
import { toSeekInfo } from './projections.ts'

/** Maximum number of near seeks (`isNear`) in an answer, and maximum number of open seeks that the session searches. */
const NEAR = { offered: 3, looked: 500 }
/** Maximum number of challenges to one user in which the session searches for a sender's name. */
const LOOKED = 100
/** Maximum number of names in one refusal. */
const NAMED = 5

/**
 * Finds the challenge from the user with a name. If no name is given, finds the only challenge. Returns a refusal if there is no such
 * challenge, or if there are several such challenges.
 */
export function findChallenge(
  { hall, people }: Pick<LobbyContext, 'hall' | 'people'>,
  person: PersonId,
  name?: string,
): OpenSeek | LobbyRefusal {
  const sender = name === undefined ? undefined : people.named(name)
  const of = sender ? [...hall.seeks.of(sender.person)].filter((seek) => seek.against === person && seek.code === undefined) : []
  const [first, ...more] = name === undefined ? hall.seeks.against(person).slice(0, LOOKED) : of
  if (!first)
    return {
      code: 'not-now',
      refused:
        name === undefined
          ? 'you have no challenge or offer to answer'
          : `${sender?.name ?? `no user "${name}"`} has ${sender ? 'not ' : ''}asked you for a game`,
    }
  const names = [...new Set([first, ...more].map((seek) => seek.name))]
  if (more.length === 0 || names.length === 1 || name !== undefined) return first
  const others = names.length > NAMED ? [...names.slice(0, NAMED), '...'] : names
  return { code: 'not-now', refused: `several users ask you for a game (${others.join(', ')}): name one of them` }
}

/** Returns up to three open seeks that differ from a given open seek only in their terms, in order of arrival. */
export function findNearSeeks({ hall: { seeks }, catalog }: Pick<LobbyContext, 'hall' | 'catalog'>, seek: OpenSeek): readonly SeekInfo[] {
  const lists = seek.against === undefined ? [seeks.against(seek.person), seeks.open] : [seeks.of(seek.against)]
  const near = lists.flatMap((list) => [...list.slice(0, NEAR.looked)].filter((other) => isNear(seek, other)))
  return near.slice(0, NEAR.offered).map((other) => toSeekInfo(catalog, other))
}
