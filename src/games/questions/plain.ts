import { decodeHTMLStrict } from 'entities/decode'

/**
 * Converts HTML to plain text. Removes only the tags that format text, so an author's own angle brackets stay, as in
 * `connect(<host>, <port>)`.
 */
export function toPlainText(html: string): string {
  const text = html.replace(COMMENTS, '').replace(POWERS, '^').replace(BLOCKS, ' ').replace(INLINE, '')
  return decodeHTMLStrict(text)
}

/** Checks whether HTML contains media, which a line of text cannot show. */
export function hasMedia(html: string): boolean {
  return PICTURES.test(html)
}

const COMMENTS = /<!--.*?-->/gs
/** 2<sup>16</sup> becomes 2^16, not 216. */
const POWERS = /<sup>(?=[-+]?\d)/gi
const BLOCKS = tags('blockquote|br|center|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|table|tbody|td|th|thead|tr|ul')
const INLINE = tags('a|abbr|b|big|cite|code|del|em|font|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|tt|u|var')
const PICTURES = /<(?:audio|canvas|embed|iframe|img|math|object|svg|video)\b/i

function tags(names: string): RegExp {
  return new RegExp(`</?(?:${names})(?:\\s[^<>]*)?/?>`, 'gi')
}
