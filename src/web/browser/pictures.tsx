import type { ComponentChildren } from 'preact'
import { sideOf } from './icons.tsx'

/** The drawings of the shipped games, by the name of the rules. */
const PICTURES: Readonly<Record<string, () => ComponentChildren>> = {
  tictactoe: () => (
    <>
      <path d="M67 12v68M93 12v68M46 33h68M46 59h68" />
      <circle class="sa" cx="56" cy="22" r="7" stroke-width="4" />
      <circle class="sa" cx="80" cy="46" r="7" stroke-width="4" />
      <path class="sb" stroke-width="4" d="M98 15l13 13m0-13L98 28M50 63l13 13m0-13L50 76" />
      <circle class="sg" cx="104" cy="70" r="7" stroke-width="2" stroke-dasharray="2 4" />
    </>
  ),
  hands: () => (
    <>
      <path class="sa" d="M36 60 50 30M50 60 36 30" />
      <circle class="sa" cx="33" cy="66" r="5.5" />
      <circle class="sa" cx="53" cy="66" r="5.5" />
      <path class="card" d="M68 24h18l8 8v38H68z" />
      <path d="M86 24v8h8M74 44h14M74 52h14M74 60h8" />
      <path class="card sb" d="M108 60l5-18 13-7 13 8 3 15-8 11-18 1z" />
      <path class="sb" d="M113 42l11 8 15-7M124 50l2 20" />
      <path class="thin" d="M22 80h116" />
    </>
  ),
  hangman: () => (
    <>
      <path d="M28 80h34M38 80V14h36v10" />
      <circle class="sa" cx="74" cy="32" r="8" />
      <path class="sa" d="M74 40v18M74 46l-9 7" />
      <path class="hair" stroke-dasharray="2 4" d="M74 46l9 7M74 58l-7 12M74 58l7 12" />
      <path d="M98 60h12M116 60h12M134 60h12" />
      <text x="104" y="54">
        s
      </text>
      <text x="122" y="54">
        o
      </text>
    </>
  ),
  quiz: () => (
    <>
      <path d="M26 18h58M26 28h36" stroke-width="4" />
      <path class="card thin" d="M26 42h50v16H26zM84 42h50v16H84zM26 64h50v16H26z" />
      <path class="card sg" stroke-width="2.5" d="M84 64h50v16H84z" />
      <path class="thin" d="M44 50h22M102 50h22M44 72h22" />
      <path class="sg" d="M96 72l4 4 8-8" />
      <circle cx="122" cy="23" r="9" />
      <path class="sg" d="M122 18v5l4 3" />
    </>
  ),
  guessing: () => (
    <>
      <path class="hair" stroke-width="12" d="M20 52h120" />
      <path class="sg" stroke-width="12" d="M66 52h20" stroke-linecap="butt" />
      <path d="M20 44v16M140 44v16" />
      <path class="sa" d="M50 38v28M66 38v28M86 38v28" />
      <path class="fa" d="M54 30l8 4.5-8 4.5zM98 30l-8 4.5 8 4.5z" />
      <text x="76" y="28">
        ?
      </text>
    </>
  ),
  coin: () => (
    <>
      <path class="thin" stroke-dasharray="3 5" d="M34 78C40 6 112 6 124 62" />
      <circle class="card" cx="76" cy="28" r="17" />
      <circle class="thin" cx="76" cy="28" r="12.5" />
      <text x="76" y="33">
        H
      </text>
      <ellipse class="card sb" cx="124" cy="70" rx="15" ry="7" />
      <path class="sa" d="M24 80h26" />
    </>
  ),
  robot: () => (
    <>
      <path class="thin" stroke-dasharray="0.1 14" stroke-width="3" d="M38 18h98M38 32h98M38 46h98M38 60h98M38 74h98" />
      <path class="sa" d="M52 74V46h28V32h28" stroke-width="3" />
      <path class="fa" d="M120 32l-16-10v20z" />
      <circle class="sa card" cx="52" cy="74" r="4" />
    </>
  ),
  talk: () => (
    <>
      <path class="sa" d="M36 12v68M37 28h78M37 68h78" />
      <path class="sb" d="M124 12v68M123 48H46" />
      <path class="fa" d="M113 22l10 6-10 6zM113 62l10 6-10 6z" />
      <path class="fb" d="M47 42l-10 6 10 6z" />
      <path class="thin" stroke-width="2" d="M56 20h36M66 40h44M52 60h28" />
    </>
  ),
}

/** GamePicture draws a game. For a game of a plug-in, GamePicture draws a board with a circle and a cross. */
export function GamePicture({ rules }: { readonly rules: string }) {
  const draw = PICTURES[rules]
  return (
    <svg class="pic" viewBox="0 0 160 92" aria-hidden="true">
      {draw ? (
        draw()
      ) : (
        <>
          <path class="card" d="M44 14h72v64H44z" />
          <path class="thin" d="M44 30h72M44 46h72M44 62h72M62 14v64M80 14v64M98 14v64" />
          <circle class="sa" cx="71" cy="54" r="6" stroke-width="3" />
          <path class="sb" stroke-width="3" d="M84 33l10 10m0-10l-10 10" />
        </>
      )}
    </svg>
  )
}

/** MiniPicture draws a game on a small square, for a row of a list. */
export function MiniPicture({ rules }: { readonly rules: string }) {
  const draw = PICTURES[rules]
  return (
    <svg class="mini pic" viewBox="14 -20 132 132" aria-hidden="true">
      <rect class="well" x="14" y="-20" width="132" height="132" rx="7" />
      {draw ? draw() : <path d="M44 14h72v64H44zM44 46h72M80 14v64" />}
    </svg>
  )
}

/** MarkPicture draws O or X, on a square of 100 by 100 units. */
export function MarkPicture({ seat, isGhost = false }: { readonly seat: number; readonly isGhost?: boolean }) {
  return (
    <svg class={`${isGhost ? 'ghost ' : ''}${sideOf(seat)}`} viewBox="0 0 100 100" aria-hidden="true">
      {seat === 0 ? <circle cx="50" cy="50" r="38" /> : <path d="M16 16l68 68M84 16 16 84" />}
    </svg>
  )
}

/** CoinPicture draws a face of the coin, or a question mark before the first toss. */
export function CoinPicture({ face, label }: { readonly face: 'H' | 'T' | undefined; readonly label: string }) {
  return (
    <svg class="bd coin__face" viewBox="0 0 200 200" role="img" aria-label={label}>
      <circle class="coin__rim" cx="100" cy="100" r="92" stroke-width="4" />
      <circle class="coin__line" cx="100" cy="100" r="78" stroke-dasharray="1 7" stroke-width="3" />
      <g class="coin__line" stroke-width="4">
        {face === 'H' && <path d="M76 60v80M124 60v80M80 84h34M120 116H86M110 77l9 7-9 7M90 109l-9 7 9 7" />}
        {face === 'T' && <path d="M64 66h72M100 66v74M82 140h36" />}
        {face === undefined && <path d="M84 78a16 16 0 1 1 22 15c-5 2-6 6-6 12M100 124h.01" />}
      </g>
    </svg>
  )
}
