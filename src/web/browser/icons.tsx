/** The drawings of icons, on a square of 16 by 16 units. */
const ICONS = {
  theme: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 2v12M8 4v8M9.500 3v10M11 4.500v7',
  back: 'M10 3 5 8l5 5',
  eye: 'M1 8s2.5-4.5 7-4.5S15 8 15 8s-2.5 4.5-7 4.5S1 8 1 8zM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z',
  link: 'M6.5 9.5l3-3M7 4.5l1.500-1.500a3.200 3.200 0 0 1 4.500 4.500L11.500 9M9 11.500 7.500 13A3.200 3.200 0 0 1 3 8.500L4.500 7',
  half: 'M2 5.5h12M2 10.5h12',
  flag: 'M3.5 14.5v-13M3.5 2.5h9l-2 3 2 3h-9',
  again: 'M2.5 8a5.5 5.5 0 1 1 1.7 4M2.5 13v-3h3',
  warn: 'M8 1.8 15 14H1zM8 6.2v3.6M8 12h.01',
  clock: 'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.5V8l2.5 1.5',
  check: 'M2.5 8.5 6 12l7.5-8',
  x: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  first: 'M11.5 3l-5 5 5 5M4 3v10',
  forward: 'M6 3l5 5-5 5',
  last: 'M4.5 3l5 5-5 5M12 3v10',
  play: 'M4 2.5v11l9-5.5z',
  pause: 'M5 3v10M11 3v10',
  down: 'M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11',
  browser: 'M1.5 2.5h13v11h-13zM1.5 6h13M4 4.3h.01M6 4.3h.01',
  bot: 'M3 6h10v7H3zM8 6V3M8 2.6h.01M6 9.3h.01M10 9.3h.01M1 8.5v2M15 8.5v2',
  frontDoor: 'M2 4l4 4-4 4M8 12.5h6',
  program: 'M5 1.5v4M11 1.5v4M3 5.5h10v2.2a5 5 0 0 1-10 0zM8 12.7v2.3',
  house: 'M1.5 8 8 2l6.5 6M3.5 6.5v7h9v-7M8 13.5V10',
  turnLeft: 'M13 14V8a3 3 0 0 0-3-3H3M6.5 1.5 3 5l3.5 3.5',
  turnRight: 'M3 14V8a3 3 0 0 1 3-3h7M9.5 1.5 13 5 9.5 8.5',
  toRight: 'M2 8h12M9.5 3.500 14 8l-4.500 4.500',
  toLeft: 'M14 8H2M6.5 3.500 2 8l4.500 4.500',
  up: 'M8 14.5v-12M4 6.5l4-4 4 4',
} as const

/** Icon draws one of the icons. The text beside the icon explains the icon. */
export function Icon({ name }: { readonly name: keyof typeof ICONS }) {
  return (
    <svg class="i" viewBox="0 0 16 16" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  )
}

/** Mark draws the logo of Parlor: two lifelines and two messages. */
export function Mark() {
  return (
    <svg viewBox="0 0 28 28" aria-hidden="true">
      <path d="M6 3v22M22 3v22" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" />
      <path d="M7 10h10" stroke="var(--a)" stroke-width="2.5" />
      <path d="M15.500 5.800 21 10l-5.500 4.200z" fill="var(--a)" />
      <path d="M21 19H11" stroke="var(--b)" stroke-width="2.5" />
      <path d="M12.500 14.800 7 19l5.500 4.200z" fill="var(--b)" />
    </svg>
  )
}

/** The drawings of the hands, on a square of 100 by 100 units. */
const HANDS = {
  Scissor: 'M36 70 74 14M64 70 26 14M28 92a12 12 0 1 0 0-24 12 12 0 0 0 0 24zM72 92a12 12 0 1 0 0-24 12 12 0 0 0 0 24zM50 45h.01',
  Paper: 'M24 10h36l16 16v64H24zM60 10v16h16M34 44h32M34 57h32M34 70h20',
  Stone: 'M18 62 30 34l24-12 24 14 8 26-14 20-32 4zM30 34l20 14 28-12M50 48l4 38M50 48 18 62',
  sealed: 'M10 22h80v56H10zM10 22l40 32 40-32M50 65a11 11 0 1 0 0-22 11 11 0 0 0 0 22zM45 54l4 4 7-8',
} as const

/** HandPicture draws a hand, or an envelope for a hidden hand. */
export function HandPicture({ hand }: { readonly hand: keyof typeof HANDS }) {
  return (
    <svg class="bd" viewBox="0 0 100 100" aria-hidden="true">
      <path d={HANDS[hand]} />
    </svg>
  )
}

/**
 * SeatToken draws the mark of a seat: O or X in tic-tac-toe, a dot in other games. Seats differ in color, and neighboring seats also
 * differ in shape.
 */
export function SeatToken({ seat, isMark }: { readonly seat: number; readonly isMark: boolean }) {
  const side = sideOf(seat)
  return (
    <svg class={`tok ${side}`} viewBox="0 0 20 20" aria-hidden="true">
      {isMark ? seat === 0 ? <circle cx="10" cy="10" r="6.5" /> : <path d="M4 4l12 12M16 4 4 16" /> : <DotOf seat={seat} />}
    </svg>
  )
}

function DotOf({ seat }: { readonly seat: number }) {
  return seat % 2 === 0 ? <circle class="fill-who" cx="10" cy="10" r="4" /> : <path class="fill-who" d="M10 5l5 5-5 5-5-5z" />
}

/** Returns the mark of a seat in tic-tac-toe. */
export function markOf(seat: number): string {
  return seat === 0 ? 'O' : 'X'
}

/** Returns the class of a seat's color. */
export function sideOf(seat: number): string {
  return ['A', 'B', 'C', 'D'][seat % 4] ?? 'A'
}
