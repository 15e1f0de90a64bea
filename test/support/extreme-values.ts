/** Numbers at and beyond the usual bounds, as texts, as a client would send them that looks for a missing bound. */
export const NUMBERS: readonly string[] = [
  ...['0', '-0', '1', '-1', '2', '7', '00', '+5', '0.5', '-0.5', '1.0', '1e3', '1e-320', '1e308', '-1e308', '1e999', '-1e999'],
  ...['255', '256', '32767', '32768', '65535', '65536', '2147483647', '2147483648', '-2147483648', '-2147483649'],
  ...['4294967295', '4294967296', '9007199254740991', '9007199254740992', '-9007199254740991', '-9007199254740992'],
  ...['18446744073709551616', '9'.repeat(30), '9'.repeat(400), `-${'9'.repeat(400)}`, '0'.repeat(400)],
  ...['NaN', 'Infinity', '-Infinity', '0x10', '0b1', '1_000', '1,000', '٣', '３', '²', '', ' ', '5 5'],
]

/** JSON values that are not numbers. */
const OTHERS: readonly string[] = ['null', 'true', 'false', '""', '"5"', '"-1"', '[]', '[7]', '[0,0]', '[1e999]', '{}', '{"a":1}', '[[1]]']

/** Possible values of a field of a JSON message: numbers of JSON, others as texts, and other values. */
export const VALUES: readonly string[] = [
  ...NUMBERS.map((number) => (isJson(number) ? number : JSON.stringify(number))),
  ...NUMBERS.map((number) => JSON.stringify(number)),
  ...OTHERS,
  ...NUMBERS.filter(isJson).map((number) => `[${number}]`),
  JSON.stringify('x'.repeat(3000)),
]

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
