import type { GameInfo } from '../model/model.ts'
import { toShown } from '../shown.ts'
import { texts } from '../texts.ts'
import { gameName, usePage } from './page.ts'

/** ChosenSettings has the values of the settings that the user has changed, by the name of the game and the name of the setting. */
export type ChosenSettings = Readonly<Record<string, Readonly<Record<string, number>>>>

/**
 * GameSettings is a list of the settings of all games, such as the size of the board, and of the setting for rated games. The user can open
 * and close the list.
 */
export function GameSettings(props: {
  readonly games: readonly GameInfo[]
  readonly chosen: ChosenSettings
  readonly choose: (chosen: ChosenSettings) => void
  readonly isRated: boolean
  readonly setRated: (isRated: boolean) => void
}) {
  const { games, chosen, choose, isRated, setRated } = props
  const { model } = usePage()
  const set = (game: string, setting: string, typed: string, usual: number) => {
    const { [setting]: _, ...others } = chosen[game] ?? {}
    const value = Number(typed)
    // the page omits a setting that has the usual value, so that the seek matches a seek without this setting
    choose({ ...chosen, [game]: typed === '' || value === usual ? others : { ...others, [setting]: value } })
  }
  return (
    <details class="settings">
      <summary>{texts.settings}</summary>
      <div class="settings__list">
        {games.flatMap(({ game, rules, settings }) =>
          Object.entries(settings).map(([name, { min, max, usual, about }]) => (
            <label class="field" key={`${game} ${name}`}>
              <span>{texts.settingOf(gameName(model.value, rules), toShown(about))}</span>
              <input
                class="in num"
                type="number"
                min={min}
                max={max}
                value={chosen[game]?.[name] ?? usual}
                onChange={(event) => set(game, name, event.currentTarget.value, usual)}
              />
            </label>
          )),
        )}
        <label class="settings__rated">
          <input type="checkbox" checked={isRated} onChange={(event) => setRated(event.currentTarget.checked)} />
          <span>
            {texts.rated} <small class="quiet">{texts.ratedHint}</small>
          </span>
        </label>
      </div>
    </details>
  )
}
