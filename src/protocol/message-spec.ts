/** Side is one end of a connection: the server has listened, and the client has connected. */
export type Side = 'server' | 'client'

/** MessageSpec describes one kind of message of a protocol. */
export interface MessageSpec {
  readonly from: Side | 'either'
  /**
   * Text of the message, with fields in braces: `MOVE{cell}`. A field is a word; the last field is the rest of the text. The text is `''`
   * for an event that has no text: the side closes the connection gracefully.
   */
  readonly text: string
  /** Pattern of the texts that the receiver accepts, if these texts differ from `text`; the groups are the fields. */
  readonly accepts?: RegExp
  readonly example: string
  /** Name of the message in error sentences, if its example is too long for a sentence. */
  readonly label?: string
  /** Marks a request: if this side refuses the answer, it sends the request again. */
  readonly asks?: true
  /** Marks a goodbye: it ends the conversation, and a side that has to disconnect may send it. */
  readonly bye?: true
  /** Marks an event that is not a message: the side closes its end of the connection. */
  readonly closes?: true
  /** Marks a message without a line end in a protocol whose other messages have a line end; a line end after it is illegal. */
  readonly unended?: true
  /** Marks a text for people: every text is legal, so only the bytes of the message can be wrong. */
  readonly free?: true
  /** Explanation for the reference page. */
  readonly about?: string
  /** Range of the message's field, such as "from 1 to 9", if the name of the field does not imply the range. */
  readonly range?: string
  /** Marks a message for advanced use: error sentences list it only if the state has no other message. */
  readonly advanced?: true
}

type Extras = Omit<MessageSpec, 'from' | 'text' | 'example'> & { example?: string }

function form(from: Side | 'either', text: string, extras: Extras): MessageSpec {
  return { from, text, example: text, ...extras }
}

/** Returns a message of the server: `server('MOVE{cell}', { example: 'MOVE5' })`. */
export function server(text: string, extras: Extras = {}): MessageSpec {
  return form('server', text, extras)
}

/** Returns a message of the client. */
export function client(text: string, extras: Extras = {}): MessageSpec {
  return form('client', text, extras)
}

/** Returns a message that each side may send in its turn. */
export function either(text: string, extras: Extras = {}): MessageSpec {
  return form('either', text, extras)
}

/** The event that the client closes the connection gracefully. */
export const clientCloses: MessageSpec = { from: 'client', text: '', example: '', closes: true, about: 'the client closes the connection' }

/** Formats a message, with its fields in order. */
export function formatMessage(form: MessageSpec, fields: readonly (string | number)[]): string {
  const parts = splitMessage(form)
  let text = parts[0] ?? ''
  for (let at = 1; at < parts.length; at++) text += `${fields[at - 1] ?? ''}${parts[at]}`
  return text
}

/** Parses a text as a message of this form. Returns the fields; `undefined` for a text of another form. */
export function parseMessage(form: MessageSpec, text: string): readonly string[] | undefined {
  if (form.accepts) return form.accepts.exec(text)?.slice(1)
  const parts = splitMessage(form)
  if (parts.length === 1) return text === form.text ? NO_FIELDS : undefined
  // most chat lines are one field, which accepts any text
  if (parts === ALONE) return [text]
  return patternOf(form, parts).exec(text)?.slice(1)
}

/** Checks whether a message consists of one field. */
export function isField({ text }: MessageSpec): boolean {
  return /^\{\w+\}$/.test(text)
}

const FIELD = /\{\w+\}/g
const NO_FIELDS: readonly string[] = []
/** The texts around the only field of a message that consists of one field. */
const ALONE: readonly string[] = ['', '']
const forms = new WeakMap<MessageSpec, readonly string[]>()
const patterns = new WeakMap<MessageSpec, RegExp>()

/**
 * Splits a message into the texts before, between and after its fields: the number of these texts is one more than the number of fields.
 */
export function splitMessage(form: MessageSpec): readonly string[] {
  let parts = forms.get(form)
  if (!parts) {
    parts = form.text.split(FIELD)
    if (parts.length === 2 && parts.every((part) => part === '')) parts = ALONE
    forms.set(form, parts)
  }
  return parts
}

function patternOf(form: MessageSpec, [first = '', ...others]: readonly string[]): RegExp {
  let pattern = patterns.get(form)
  if (!pattern) {
    const last = others.pop() ?? ''
    const fields = others.map((part) => `(\\S+)${RegExp.escape(part)}`).join('')
    pattern = new RegExp(`^${RegExp.escape(first)}${fields}(.*)${RegExp.escape(last)}$`, 's')
    patterns.set(form, pattern)
  }
  return pattern
}
