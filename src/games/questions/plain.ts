import { decodeHTMLStrict } from 'entities/decode'

/**
 * The text of a piece of HTML. Only tags that set text are taken away, so that what an author writes in angle brackets
 * stays, as in `connect(<host>, <port>)`.
 */
export function plain(html: string): string {
  const text = html.replace(COMMENTS, '').replace(POWERS, '^').replace(BLOCKS, ' ').replace(INLINE, '')
  return decodeHTMLStrict(text)
}

/** Checks whether a piece of HTML shows what a line of text cannot. */
export function hasPictures(html: string): boolean {
  return PICTURES.test(html)
}

const COMMENTS = /<!--.*?-->/gs
/** 2<sup>16</sup> is not 216. */
const POWERS = /<sup>(?=[-+]?\d)/gi
const BLOCKS = tags('blockquote|br|center|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|table|tbody|td|th|thead|tr|ul')
const INLINE = tags('a|abbr|b|big|cite|code|del|em|font|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|tt|u|var')
const PICTURES = /<(?:audio|canvas|embed|iframe|img|math|object|svg|video)\b/i

function tags(names: string): RegExp {
  return new RegExp(`</?(?:${names})(?:\\s[^<>]*)?/?>`, 'gi')
}
