import type { Hall } from '../hall/hall.ts'
import { isNear, type Wish } from '../hall/matching.ts'
import type { PersonId } from '../hall/ports.ts'
import type { LobbyRefusal, Seeker } from '../protocols/lobby.ts'
import { seekerOf } from './known.ts'
import type { Rooms } from './rooms.ts'

/** Open seeks that are offered as near, at most, and how many are looked at for that. */
const NEAR = { offered: 3, looked: 500 }
/** Seeks for one person that are looked at for their names. */
const LOOKED = 100
/** Names in a refusal, at most. */
const NAMED = 5

/** The open seek of a user of this name who seeks a person by name; without a name, the only one. */
export function challengeTo({ hall, people }: Pick<Rooms, 'hall' | 'people'>, person: PersonId, name?: string): Wish | LobbyRefusal {
  const sender = name === undefined ? undefined : people.named(name)
  const of = sender ? [...hall.seeks.of(sender.person)].filter((wish) => wish.against === person && wish.code === undefined) : []
  const [first, ...more] = name === undefined ? hall.seeks.against(person).slice(0, LOOKED) : of
  if (!first)
    return {
      code: 'not-now',
      refused:
        name === undefined
          ? 'nobody has offered you anything'
          : `${sender?.name ?? `no user "${name}"`} has ${sender ? 'not ' : ''}asked you for a game`,
    }
  const names = [...new Set([first, ...more].map((wish) => wish.name))]
  if (more.length === 0 || names.length === 1 || name !== undefined) return first
  const others = names.length > NAMED ? [...names.slice(0, NAMED), '...'] : names
  return { code: 'not-now', refused: `several users ask you for a game (${others.join(', ')}): name one of them` }
}

/** The open seeks that differ from an open seek only in their terms, in order, a few. */
export function nearTo({ seeks }: Pick<Hall, 'seeks'>, wish: Wish): readonly Seeker[] {
  const lists = wish.against === undefined ? [seeks.against(wish.person), seeks.open] : [seeks.of(wish.against)]
  const near = lists.flatMap((list) => [...list.slice(0, NEAR.looked)].filter((other) => isNear(wish, other)))
  return near.slice(0, NEAR.offered).map(seekerOf)
}
