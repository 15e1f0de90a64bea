import { formatDay } from '../formats.ts'
import { type FinishedRow, type RecentRow, toResultKind } from '../model/results.ts'
import { isHouse, toShownName } from '../shown.ts'
import { texts } from '../texts.ts'
import { Icon } from './icons.tsx'
import { gameName, tableLink, usePage, userLink } from './page.ts'
import { UserName } from './people.tsx'

type Row = RecentRow & Partial<Pick<FinishedRow, 'seat'>>

/**
 * GamesTable lists the finished games of one user or of all users, with links to the replays. In a list of one user, each row has the
 * opponents and the result of this user. A short table is about one game, so it has no names of games and no dates.
 */
export function GamesTable({ games, isShort = false }: { readonly games: readonly Row[]; readonly isShort?: boolean }) {
  const { model } = usePage()
  const isOfUser = games[0]?.seat !== undefined
  return (
    <table class="tab">
      <thead>
        <tr>
          {!isShort && <th>{texts.game}</th>}
          <th>{isOfUser ? texts.againstWhom : texts.players}</th>
          <th>{texts.result}</th>
          {!isShort && <th class="r wide">{texts.when}</th>}
          <th class="r">{texts.replay}</th>
        </tr>
      </thead>
      <tbody>
        {games.map((row) => (
          <tr key={row.table}>
            {!isShort && <td>{gameName(model.value, row.game)}</td>}
            <td>
              {row.names.length === 1 && row.seat !== undefined && <span class="quiet">{texts.alone}</span>}
              {row.names
                .filter((_, seat) => seat !== row.seat)
                .map((name, at, all) => (
                  <span class="tab__player" key={at}>
                    <UserLink name={name} />
                    {at < all.length - 1 && <span>, </span>}
                  </span>
                ))}
            </td>
            <td>
              <bdi>{formatResult(row)}</bdi>
            </td>
            {!isShort && <td class="r wide quiet">{formatDay(row.at)}</td>}
            <td class="r">
              <a class="tab__link" href={tableLink(row.table, 0)}>
                <Icon name="play" />
                <span class="sr">{texts.replay} </span>
                {row.table}
              </a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Formats the result of a game: in a list of one user, for this user; otherwise, for all players of the game. */
function formatResult({ seat, ...row }: Row): string {
  const { points, names, outcome } = row
  const score = points?.[seat ?? 0]
  if (score !== undefined && (seat !== undefined || names.length === 1)) return texts.pointsOf(score)
  if (seat !== undefined) return texts.results[toResultKind({ ...row, seat })]
  const winners = outcome.winners.map((one) => toWinner(names[one] ?? ''))
  return winners.length > 0 ? texts.nameWon(winners.join(', ')) : texts.results[toResultKind({ ...row, seat: 0 })]
}

function toWinner(name: string): string {
  return isHouse(name) ? texts.house : toShownName(name)
}

/** UserLink is the name of a user, with a link to the user's games. The name of the house has no link. */
export function UserLink({ name }: { readonly name: string }) {
  if (isHouse(name)) return <UserName name={name} />
  return (
    <a class="tab__link" href={userLink(name)}>
      <UserName name={name} />
    </a>
  )
}
