import { expect, test } from 'vitest'
import { ladderLink, parseRoute, protocolLink, tableLink, userLink } from '../../src/web/browser/page.ts'

test('an address leads to its view', () => {
  expect(parseRoute('')).toEqual({ view: 'lobby' })
  expect(parseRoute('#lobby')).toEqual({ view: 'lobby' })
  expect(parseRoute('#t/17')).toEqual({ view: 'table', table: 17 })
  expect(parseRoute('#t/17/4')).toEqual({ view: 'table', table: 17, move: 4 })
  expect(parseRoute('#join/amber-otter-seven')).toEqual({ view: 'join', code: 'amber-otter-seven' })
  expect(parseRoute('#ladder')).toEqual({ view: 'ladder' })
  expect(parseRoute('#finished')).toEqual({ view: 'finished' })
  expect(parseRoute('#wire')).toEqual({ view: 'wire' })
  expect(parseRoute('#wire/17')).toEqual({ view: 'wire', connection: 17 })
  expect(parseRoute('#wire/own')).toEqual({ view: 'wire', connection: 'own' })
  expect(parseRoute('#account')).toEqual({ view: 'account' })
  expect(parseRoute(protocolLink())).toEqual({ view: 'protocols' })
  expect(parseRoute('#class')).toEqual({ view: 'class' })
})

test('the links of the page lead back to what they name, for any name', () => {
  expect(parseRoute(tableLink(17))).toEqual({ view: 'table', table: 17 })
  expect(parseRoute(tableLink(17, 0))).toEqual({ view: 'table', table: 17, move: 0 })
  const token = '7HZK2M9QXR4T8VB1C3D5F6G0JN'
  expect(parseRoute(tableLink(17, 2, token))).toEqual({ view: 'table', table: 17, move: 2, token })
  for (const name of ['ada', 'eve <img src=x>', 'a/b#c?d', '../..', '%41', '\u202eevil', '👩‍🚀', 'join']) {
    expect(parseRoute(userLink(name))).toEqual({ view: 'user', name })
    expect(parseRoute(ladderLink(name))).toEqual({ view: 'ladder', game: name })
    expect(parseRoute(protocolLink(name))).toEqual({ view: 'protocols', name })
  }
})

test('an address that leads nowhere says so', () => {
  const addresses = [
    '#x',
    '#t',
    '#t/0',
    '#t/1.5',
    '#t/-1',
    '#t/1/x',
    '#t/1/2/3',
    '#t/99999999999999999',
    '#u',
    '#u/',
    '#u/%',
    '#protocols/',
    '#protocols/tjc/guess',
    '#ladder/%E0%A4%A',
    '#join',
    '#class/1',
  ]
  for (const address of addresses) expect(parseRoute(address), address).toEqual({ view: 'none', address })
})
