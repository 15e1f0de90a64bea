import { type FinishedRow, toResultKind } from '../model/results.ts'
import { formatDay, texts } from '../texts.ts'
import { gameName, tableLink, usePage, userLink } from './page.ts'
import { UserName } from './people.tsx'

/** GamesTable lists the finished games of a user, each with a link to its replay. */
export function GamesTable({ games }: { readonly games: readonly FinishedRow[] }) {
  const { model } = usePage()
  return (
    <table class="tab">
      <thead>
        <tr>
          <th>{texts.game}</th>
          <th>{texts.againstWhom}</th>
          <th>{texts.result}</th>
          <th class="r wide">{texts.when}</th>
          <th class="r">{texts.replay}</th>
        </tr>
      </thead>
      <tbody>
        {games.map((row) => {
          const others = row.names.filter((_, seat) => seat !== row.seat)
          const points = row.points?.[row.seat]
          return (
            <tr key={row.table}>
              <td>{gameName(model.value, row.game)}</td>
              <td>
                {others.map((name, at) => (
                  <span key={at}>
                    {at > 0 && ', '}
                    <UserLink name={name} />
                  </span>
                ))}
              </td>
              <td>{points === undefined ? texts.results[toResultKind(row)] : texts.pointsOf(points)}</td>
              <td class="r wide quiet">{formatDay(row.at)}</td>
              <td class="r">
                <a href={tableLink(row.table, 0)}>
                  {row.table}
                  <span class="sr"> {texts.replay}</span>
                </a>
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** UserLink is the name of a user, with a link to the user's games. The house has none. */
export function UserLink({ name }: { readonly name: string }) {
  if (name === 'house') return <UserName name={name} />
  return (
    <a href={userLink(name)}>
      <UserName name={name} />
    </a>
  )
}
