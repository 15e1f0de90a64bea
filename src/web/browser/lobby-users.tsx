import { useLayoutEffect, useRef } from 'preact/hooks'
import { toBadge } from '../formats.ts'
import { toShownName } from '../shown.ts'
import { texts } from '../texts.ts'
import { usePage } from './page.ts'
import { Badge, ClockTime, SayForm, Section, ShownText, TalkLog, UserName } from './people.tsx'

/** HereNow lists the users who are online. */
export function HereNow({ write, challenge }: { readonly write: (name: string) => void; readonly challenge: (name: string) => void }) {
  const { model } = usePage()
  const { lobby, me } = model.value
  const people = lobby?.people ?? []
  return (
    <Section id="h-who" title={texts.hereNow} number={lobby?.total.people ?? 0}>
      {lobby && people.length === 0 && <p class="quiet">{texts.noUsers}</p>}
      <ul class="people">
        {people.map(({ name, tables, links = [] }) => (
          <li key={name}>
            <b>
              <UserName name={name} />
            </b>
            <span class="people__where">
              {links.slice(0, 1).map((link, at) => (
                <Badge key={at} {...toBadge(link)} />
              ))}
              {name === me?.name ? <small>{texts.you}</small> : tables[0] !== undefined && <small>{texts.atTable(tables[0])}</small>}
            </span>
            {name !== me?.name && (
              <span class="push">
                <button class="btn btn--plain btn--s" type="button" onClick={() => challenge(name)}>
                  {texts.challengeWord}
                  <span class="sr"> {toShownName(name)}</span>
                </button>
                <button class="btn btn--plain btn--s" type="button" onClick={() => write(name)}>
                  {texts.tell}
                  <span class="sr">
                    {' '}
                    {texts.to} {toShownName(name)}
                  </span>
                </button>
              </span>
            )}
          </li>
        ))}
        <li>
          <b>{texts.house}</b> <small class="people__where">{texts.houseFree}</small>
        </li>
      </ul>
    </Section>
  )
}

/** Messages shows the messages between this user and other users, and a field for a message to the chosen or the last partner. */
export function Messages({ receiver }: { readonly receiver: string | undefined }) {
  const { model, client } = usePage()
  const { talk } = model.value
  const partner = receiver ?? talk.at(-1)?.to ?? talk.at(-1)?.name
  const box = useRef<HTMLDivElement>(null)
  // a layout effect runs together with the drawing, because the user may type the first letter immediately
  useLayoutEffect(() => {
    if (receiver !== undefined) box.current?.querySelector('input')?.focus()
  }, [receiver])
  return (
    <Section id="h-talk" title={texts.messages}>
      {talk.length > 0 && (
        <TalkLog size={talk.length} label={texts.messages}>
          {talk.map((line, at) => (
            <li key={at}>
              <b>
                <UserName name={line.name} />
              </b>{' '}
              {line.to !== undefined && (
                <span class="quiet">
                  {texts.to} <UserName name={line.to} />{' '}
                </span>
              )}
              <ShownText text={line.text} /> <ClockTime at={line.at} />
            </li>
          ))}
        </TalkLog>
      )}
      {partner === undefined ? (
        <p class="quiet small">{texts.noMessages}</p>
      ) : (
        <div ref={box}>
          <SayForm
            label={texts.messageTo(toShownName(partner))}
            button={texts.send}
            say={(text) => client.want({ type: 'tell', name: partner, text })}
          />
        </div>
      )}
    </Section>
  )
}
