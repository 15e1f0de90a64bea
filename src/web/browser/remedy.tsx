import { useEffect, useState } from 'preact/hooks'
import { LANGUAGES, type Language, type Remedies, toTextParts } from '../model/remedy.ts'
import { wireTexts } from '../wire-texts.ts'
import { Choice } from './people.tsx'

/** Name under which the browser stores the language of the examples. */
const LANGUAGE = 'parlor.language'

/** RemedyProps has the code of a cause, and the number of the row in which the page shows the cause. */
interface RemedyProps {
  readonly cause: string
  readonly row: number
}

/** RemedyNote explains the likely cause of a mistake, and how to correct the mistake, after the user has opened the note. */
export function RemedyNote({ cause, row }: RemedyProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="remedy" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {wireTexts.remedy} <code>{cause}</code>
      </summary>
      {isOpen && <RemedyText cause={cause} row={row} />}
    </details>
  )
}

function RemedyText({ cause, row }: RemedyProps) {
  const remedies = useRemedies()
  const [language, setLanguage] = useState<Language>(() => LANGUAGES.find((one) => one === localStorage.getItem(LANGUAGE)) ?? 'python')
  const choose = (next: Language) => {
    localStorage.setItem(LANGUAGE, next)
    setLanguage(next)
  }
  if (remedies === 'loading') return <p class="quiet">{wireTexts.loading}</p>
  const remedy = remedies && Object.hasOwn(remedies, cause) ? remedies[cause] : undefined
  if (!remedy) return <p class="quiet">{wireTexts.noRemedy}</p>
  return (
    <>
      <p>{toTextParts(remedy.why).map(({ text, isCode }, at) => (isCode ? <code key={at}>{text}</code> : text))}</p>
      <Choice
        isSmall
        label={wireTexts.language}
        name={`language-${row}`}
        all={LANGUAGES}
        wordOf={(one) => wireTexts.languages[one]}
        chosen={language}
        choose={choose}
      />
      <pre class="mono remedy__code" role="group" aria-label={wireTexts.example(wireTexts.languages[language])} tabIndex={0}>
        {remedy.fixes[language]}
      </pre>
    </>
  )
}

/** Loads the remedies, which no other view needs. Returns `undefined` if the server does not send the remedies. */
function useRemedies(): Remedies | undefined | 'loading' {
  const [remedies, setRemedies] = useState<Remedies | undefined | 'loading'>('loading')
  useEffect(() => {
    let isCurrent = true
    const show = (found: Remedies | undefined) => isCurrent && setRemedies(found)
    import('virtual:remedies').then(
      ({ default: found }) => show(found),
      (reason) => {
        // the import rejects with a TypeError if the browser cannot load the file
        if (!(reason instanceof TypeError)) throw reason
        show(undefined)
      },
    )
    return () => {
      isCurrent = false
    }
  }, [])
  return remedies
}
