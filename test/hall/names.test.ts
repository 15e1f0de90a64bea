import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRefusal } from '../../src/games/game.ts'
import { checkLobbyName, checkName, checkPersonName, foldName } from '../../src/hall/names/names.ts'
import { escapeControls } from '../../src/wire/text.ts'

const UNSEEN = 'a name has only visible characters'

describe('a name', () => {
  test.each([
    'Ada',
    'x',
    'Ada Lovelace',
    'Zoë',
    'Ωμέγα',
    'Мария',
    'ゲスト',
    'שרה',
    '名前',
    'O’Neill',
    'ada_99',
    '7',
    '🙂',
    'a'.repeat(20),
    '🙂'.repeat(20),
  ])('%s', (name) => {
    expect(checkName(name)).toBe(name)
  })

  test('is stored in one spelling', () => {
    expect(checkName('Zoe\u0308')).toBe('Zo\u00eb')
    expect(checkName('e\u0301'.repeat(20))).toBe('\u00e9'.repeat(20))
  })

  test.each([
    ['', 'a name has 1 to 20 characters, and this name has none'],
    ['a'.repeat(21), 'a name has at most 20 characters, and this name has 21'],
    [' ', 'a name has no blanks at its ends'],
    [' ada', 'a name has no blanks at its ends'],
    ['ada ', 'a name has no blanks at its ends'],
    ['ada\u3000', 'a name has no blanks at its ends'],
    ['ada\u00a0b', 'a name has no blank except the space'],
    ['ada@home', 'a name has no @'],
    ['\u0301ada', 'a name does not begin with a mark, and has at most three marks in a row'],
    [`a${'\u0335'.repeat(4)}`, 'a name does not begin with a mark, and has at most three marks in a row'],
    ['ad\ufffd', 'the name is not UTF-8: send it as UTF-8'],
    ['ada\n', UNSEEN],
    ['a\x1b[2Jb', UNSEEN],
    ['ad\u0000a', UNSEEN],
    ['a\u200bda', UNSEEN],
    ['ada\u202eevil', UNSEEN],
    ['\u2066ada', UNSEEN],
    ['ada\u2028b', UNSEEN],
    ['\ufeffada', UNSEEN],
    ['a\u00adda', UNSEEN],
    ['\u3164', UNSEEN],
    ['ada\ufe0f', UNSEEN],
    ['\u2800', UNSEEN],
    ['\ue000', UNSEEN],
    ['\ud800', UNSEEN],
    ['\u0378', UNSEEN],
    ['\u{e0041}ada', UNSEEN],
  ])('cannot be %j', (text, refused) => {
    expect(checkName(text)).toEqual({ refused })
    expect(checkPersonName(text)).toEqual({ refused })
  })
})

describe('a user’s name', () => {
  test.each(['Ada', 'Ada Lovelace', 'Мария', 'Player1', '7', 'Grace', 'Hausmann', 'Adminton', 'ゲストA', '-'])('%s', (name) => {
    expect(checkPersonName(name)).toBe(name)
  })

  test.each([
    'house',
    'somebody',
    'Someone',
    'House',
    'HOUSE',
    '*house*',
    'h o u s e',
    'house_1',
    'ｈｏｕｓｅ',
    '𝐡𝐨𝐮𝐬𝐞',
    'Guest 7',
    'guest',
    'admin',
    'draw',
    'QUIT',
    'ERROR',
  ])('cannot be %s, which is the house’s', (text) => {
    expect(checkName(text)).toBe(text)
    expect(checkPersonName(text)).toEqual({ refused: expect.stringContaining(`${text} cannot be a name: it `) })
  })

  test.each([
    [
      'house',
      ['the house', 'a house', 'the house 1', 'The  House', 'THE HOUSE', 'thehouse', 'Thehouse99', 'the_house', 'the-house', 'the h0use 1'],
    ],
    ['house', ['a — house', '(the) house', 'the the house', 't h e house', 'ｔｈｅ ｈｏｕｓｅ', 'the house🏠', 'ʜᴏᴜꜱᴇ', 'ᴛʜᴇ ʜᴏᴜꜱᴇ']],
    [
      'server',
      [
        'the server',
        'A Server',
        'A-server',
        '\u0422\u04bb\u0435 \u0455\u0435\u0433\u0475\u0435\u0433',
        '\u0430 \u0455\u0435\u0433\u0475\u0435\u0433',
      ],
    ],
    ['server', ['\u0442\u04bb\u0435 \u0455\u0435\u0433\u0475\u0435\u0433']],
    ['operator', ['an operator', 'An_Operator', 'the 0perator', 'an  operator 2']],
    ['admin', ['ADM1N', 'ADMlN', 'an ADMlN', 'The Admin']],
  ])('is refused if it reads like %s behind an article, in digits or in letters that look alike: %j', (word, texts) => {
    for (const text of texts) {
      expect(checkName(text), text).toBe(text.normalize('NFC'))
      expect(checkPersonName(text), text).toEqual({
        refused: expect.stringContaining(`${text} cannot be a name: it reads like "${word}", `),
      })
    }
  })

  test.each(['ALI', 'Ali', 'Amine', 'Amore', 'Theo', 'Theresa', 'Anna', 'The Rock', 'the', 'An', 'A Lovelace', 'AIL', 'Anguest'])(
    'can be %s, which begins or looks almost like a command',
    (name) => {
      expect(checkPersonName(name)).toBe(name)
    },
  )

  test.each([
    ['server', ['Parlor Server', 'my server', 'sérvér', 'servers', 'Chat-Server 2', 'SERVERS']],
    ['admin', ['Parlor Admin', 'Admin Team', 'Admins', 'ádmin', 'the Admins', 'bob (admin)', 'ADMINS', 'Admin_Bob', 'Adm1n Bob']],
    [
      'operator',
      ['sysadmin', 'moderators', 'the operators', 'The Moderators', 'Chat Mod', 'mods', 'Support Team', 'webmaster', 'staff member'],
    ],
    ['house', ['my house', 'housé', 'our house', 'House Bot', 'the house player', 'Parlor', 'Parlour', 'Parlor Bot', 'your house']],
  ])('cannot impersonate the %s: %j', (_, texts) => {
    for (const text of texts)
      expect(checkPersonName(text), text).toEqual({ refused: expect.stringContaining(`${text} cannot be a name: `) })
  })

  test.each([
    'Your opponent',
    'Your turn',
    'your_move',
    'game over',
    'Time is up',
    'henry tells you',
    'henry-says',
    'x wins',
    'O Wins',
    'nobody wins',
    'bob resigns',
    'bob resigned',
    'bob has left',
    'bob left',
    'bob beats you',
    'ada offers a draw',
    'ada is back',
    'HENRY TELLS YOU',
  ])('cannot read as a line of the server: %s', (text) => {
    expect(checkPersonName(text)).toEqual({
      refused: expect.stringMatching(
        /^.* cannot be a name: with "[^"]+" in it, users would mistake it for a line of the server; choose another$/,
      ),
    })
  })

  test.each([
    'Ann Parlor',
    'Ann House',
    'Full House',
    'Kim Won',
    'Mei You',
    'Wes',
    'Is',
    'Ali Hasan',
    'Mỹ Thế',
    'Modi',
    'Ann Moderato',
    'Over Easy',
    'Adminton',
    'Isis',
    'Servet',
    'Maria das Dores',
    'Systema',
    'Game Boy',
    'Table Tennis',
    'Hello Kitty',
    'Thomas',
    'Yesim',
    'Noa',
    'Hina',
  ])('can be %s, which does not look like the server', (name) => {
    expect(checkPersonName(name)).toBe(name.normalize('NFC'))
  })

  test.each(['LOGIN ed s3cretPWx', 'login ed', 'Register: ed pw', 'PASSWORD s3cretPWx', 'log-in ed'])(
    'cannot be a line with a password, which the error does not quote: %s',
    (text) => {
      expect(checkPersonName(text)).toEqual({ refused: expect.stringMatching(/^(?:that is a line with a password|a name has no : )/) })
    },
  )

  test.each(['a8 s3cretPWx', 'kim hunter2X9', 'Ann Lee p4ssWord'])(
    'cannot have a word that looks like a password, which the error does not quote: %s',
    (text) => {
      expect(checkPersonName(text)).toEqual({ refused: 'the last word looks like a password: send the name alone' })
    },
  )

  test.each(['Team Alpha2024', 'R2D2 Unit', 'h4x0rKing99', 'Ann McDonald', 'ada 3rd', 'Max 2Fast'])('can be %s (no password)', (name) => {
    expect(checkPersonName(name)).toBe(name)
  })

  test.each(['Logan Inn', 'Passepartout', 'Loginov', 'Registerfrau'])('can be %s', (name) => {
    expect(checkPersonName(name)).toBe(name)
  })

  test.each(['yes', 'no', 'hi', 'me', 'Yes', 'ok', 'Said'])('cannot be an answer or a greeting, such as %s', (text) => {
    expect(checkPersonName(text)).toEqual({ refused: expect.stringContaining('it is a command, or another word with a meaning here') })
  })

  test('is refused because of a word with an error that names the word', () => {
    expect(checkPersonName('the house')).toEqual({
      refused:
        'the house cannot be a name: it reads like "house", which has a meaning here, and an article before it makes no difference; choose another',
    })
    expect(checkPersonName('guest90')).toEqual({
      refused:
        'guest90 cannot be a name: it reads like "guest", which has a meaning here, and other signs beside its letters make no difference; choose another',
    })
    expect(checkPersonName('draw')).toEqual({
      refused: 'draw cannot be a name: it is a command, or another word with a meaning here; choose another',
    })
  })

  test.each(['1 | 2 | 3', '1e5', '(5)', '#7'])('cannot be a number with signs at the front door, such as %s', (text) => {
    expect(checkLobbyName(text)).toEqual({
      refused: 'a name cannot be a number, which can mean a move or a table: add a letter',
    })
  })

  test.each(['123', '7', '-5', '1 2', '1_000', '１２', '٣', '3.5'])('cannot be a number at the front door, such as %s', (text) => {
    expect(checkPersonName(text)).toBe(text)
    expect(checkLobbyName(text)).toEqual({
      refused: 'a name cannot be a number, which can mean a move or a table: add a letter',
    })
  })

  test.each([
    'rated',
    'Private',
    'against',
    'size',
    'minutes',
    'count',
    'SECONDS',
    'Ada rated',
    'size 4',
    'tictactoe',
    'Quiz',
    'headtail',
    'ｓｉｚｅ',
    'with',
    'VS',
    'y',
    'N',
    'CODE',
  ])('cannot be a word of "play" at the front door, such as %s', (text) => {
    expect(checkPersonName(text)).toBe(text)
    expect(checkLobbyName(text)).toEqual({ refused: expect.stringContaining(`${text} cannot be a name: `) })
  })

  test.each(['Ada', 'student 7', 'r2d2', 'size4', 'Count Dracula', 'Ada_2', '🎲', '-', 'quizmaster'])(
    'can be %s at the front door',
    (text) => {
      expect(checkLobbyName(text)).toBe(text)
    },
  )

  test.each(['1 | 2 | 3', '---', '---+---', '7 <', '3 = 3', '...'])(
    'cannot be %s at the front door: it reads like a number or a board',
    (text) => {
      expect(checkLobbyName(text)).toEqual({ refused: expect.stringContaining('a letter') })
    },
  )

  test.each(['/q', 'account:7', 'Ada: I resign', 'GET / HTTP/1.1', 'Host: example.net'])('cannot be the word %s', (text) => {
    expect(checkPersonName(text)).toEqual({ refused: 'a name has no : and no /, because users could mistake it for a command or for talk' })
  })

  test('cannot mix letters of different alphabets that look the same', () => {
    for (const text of ['\u0430da', 'h\u043euse', '\u039fscar']) {
      expect(checkPersonName(text)).toEqual({ refused: 'a name has the letters of one alphabet' })
    }
    expect(checkPersonName('花子Hanako')).toBe('花子Hanako')
  })
})

describe('equal names', () => {
  test.each([
    ['Ada', 'aDA'],
    ['Zo\u00eb', 'ZOE\u0308'],
    ['Straße', 'STRASSE'],
    ['ΣΟΦΙΑΣ', 'σοφιας'],
    ['İpek', 'ipek'],
    ['ISIK', 'ısık'],
    ['I\u0307\u0307', 'i'],
    ['ｆｕｌｌ', 'full'],
    ['ﬁnn', 'Finn'],
    ['x²', 'x2'],
    ['Ada Lovelace', 'ada_lovelace'],
    ['Ada  Lovelace', 'Ada Lovelace'],
    ['O’Neill', "o'neill"],
  ])('%s and %s', (one, other) => {
    expect(foldName(one)).toBe(foldName(other))
  })

  test.each([
    ['Ada', 'Adam'],
    ['Zoe', 'Zoë'],
    ['Ada Lovelace', 'AdaLovelace'],
    ['ada1', 'adal'],
  ])('are not %s and %s', (one, other) => {
    expect(foldName(one)).not.toBe(foldName(other))
  })
})

describe('a name that grows when its characters are written out', () => {
  const wide = '\ufdfa'

  test('is refused beyond 60 letters, which a new name may have there', () => {
    expect(checkPersonName(wide.repeat(3))).toBe(wide.repeat(3))
    expect(checkPersonName(wide.repeat(4))).toEqual({
      refused: 'a name has at most 60 letters with its ligatures written out, and this name has 72',
    })
    expect(checkPersonName('㌀'.repeat(15))).toBe('㌀'.repeat(15))
  })

  test('is folded as long as a name that was registered before can be, and no longer', () => {
    const folded = foldName(wide)
    expect(folded.length).toBe(18)
    expect(foldName(wide.repeat(20))).toBe(folded.repeat(20))
    expect(foldName(wide.repeat(21))).toBe(wide.repeat(21))
    expect(foldName(`${wide}ÅSTRIDſtraßeΣΑΣ`)).toBe(`${folded}${foldName('ÅSTRIDſtraßeΣΑΣ')}`)
  })
})

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 24 }),
  fc.string({ unit: 'binary', maxLength: 24 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 24 }),
  fc.string({ unit: fc.constantFrom(...'aÅßſσςΣiıİI _ǅﬀ\u0301\u0307\u0345\u00a0\u200d\u202e'), maxLength: 24 }),
)
const name = text.map(checkName).filter((checked) => typeof checked === 'string')

describe('properties of names', () => {
  test('a name can be shown and put between @s as it is, and checking it again changes nothing', () => {
    fc.assert(
      fc.property(text, (text) => {
        const name = checkName(text)
        if (isRefusal(name)) return
        expect(checkName(name)).toBe(name)
        expect(escapeControls(name)).toBe(name)
        expect(name.trim()).toBe(name)
        expect(name).not.toMatch(/[@\n\r\t]|\p{C}/u)
        expect([...name].length).toBeLessThanOrEqual(20)
        expect(name.normalize('NFD').normalize('NFC')).toBe(name)
      }),
      { numRuns: 1000 },
    )
  })

  test('every name that a person may have is a valid name', () => {
    fc.assert(
      fc.property(text, (text) => {
        const name = checkPersonName(text)
        if (!isRefusal(name)) expect(checkName(text)).toBe(name)
        if (isRefusal(checkName(text))) expect(checkPersonName(text)).toEqual(checkName(text))
      }),
    )
  })

  test('folding again changes nothing, and a folded name is one word', () => {
    fc.assert(
      fc.property(name, (name) => {
        const folded = foldName(name)
        expect(foldName(folded)).toBe(folded)
        expect(folded).toMatch(/^\S+$/)
      }),
      { numRuns: 1000 },
    )
  })

  test('case and spelling do not matter', () => {
    fc.assert(
      fc.property(name, (name) => {
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'] as const) expect(foldName(name.normalize(form))).toBe(foldName(name))
        expect(foldName(name.toUpperCase())).toBe(foldName(name))
        expect(foldName(name.toLowerCase())).toBe(foldName(name))
      }),
      { numRuns: 1000 },
    )
  })
})
