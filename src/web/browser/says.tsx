import type { ComponentChildren } from 'preact'
import { texts } from '../texts.ts'
import { RefusalText } from './people.tsx'

/**
 * Says is a view that the page shows in place of the requested view. Says has a drawing, and explains the problem, the reason, and the
 * possible next steps of the user.
 */
export function Says(props: {
  readonly picture: ComponentChildren
  readonly title: string
  readonly why: ComponentChildren
  readonly children: ComponentChildren
}) {
  const { picture, title, why, children } = props
  return (
    <main class="says" id="main" tabIndex={-1}>
      <svg class="pic" viewBox="0 0 320 150" aria-hidden="true">
        {picture}
      </svg>
      <h1>{title}</h1>
      <p>{why}</p>
      <p class="btns">{children}</p>
    </main>
  )
}

/** NoAnswerPicture draws a request without an answer. */
function NoAnswerPicture() {
  return (
    <>
      <path class="sa" d="M40 10v130" stroke-width="2.5" />
      <path class="sb" d="M280 10v130" stroke-width="2.5" />
      <path class="sa" d="M41 40h92" stroke-width="2.5" />
      <path d="M142 30l10 20M158 30l10 20" class="thin" stroke-width="2" />
      <path class="sa" stroke-dasharray="2 8" d="M178 40h92" />
      <path class="hair" stroke-dasharray="4 6" d="M278 84H44M42 118h232" />
    </>
  )
}

/** StoppedPicture draws a server that has stopped and has saved all games. */
export function StoppedPicture() {
  return (
    <>
      <path class="sa" d="M40 10v130" stroke-width="2.5" />
      <path class="sb" d="M280 10v74" stroke-width="2.5" />
      <path class="sb" stroke-dasharray="2 8" d="M280 96v44" />
      <path class="sb" d="M278 40H52" stroke-width="2.5" />
      <path class="fb" d="M54 33l-13 7 13 7z" />
      <path d="M272 84h16" stroke-width="3" />
      <text x="160" y="32">
        bye
      </text>
      <path class="sg" d="M132 78h56v40h-56z" />
      <path class="sg" d="M146 97l9 9 18-18" />
    </>
  )
}

/** Trouble says why the page cannot show a view, and has links to other views. */
export function Trouble({ title, why, children }: { readonly title: string; readonly why: string; readonly children?: ComponentChildren }) {
  return (
    <Says picture={<NoAnswerPicture />} title={title} why={<RefusalText text={why} />}>
      {children}
      <a class={`btn${children ? '' : ' btn--go'}`} href="#lobby">
        {texts.toLobby}
      </a>
    </Says>
  )
}

/** NoTable says that a table does not exist, and has links to other views. */
export function NoTable({ table }: { readonly table: number }) {
  return (
    <Trouble title={texts.noTable(table)} why={texts.noTableWhy}>
      <a class="btn btn--go" href="#finished">
        {texts.findGame}
      </a>
    </Trouble>
  )
}
