import type { Sentence } from './sentences.ts'

/** SentenceKind is a kind of sentence that a reader has to read twice, and that a program can find. */
export interface SentenceKind {
  readonly name: string
  /** The better sentence. */
  readonly advice: string
  /** True for a kind that the titles and comments of tests may have. */
  readonly exceptTests?: boolean
  /** Checks a sentence without its code and quotations. */
  finds(text: string, sentence: Sentence): boolean
}

const ONE =
  /\b(?:the|a|an|this|that|another|other|new|old|last|first|only|right|wrong|each|every|small|later|earlier|long|short|next|such|good|bad|same) ones?\b(?=[.,;:)?!]|$| (?:that|which|before|behind|with|in|is|are|and|for|by|from|at|on)\b)|(?:^|, |; |if |that |when )one (?:can|may|must|has|is|does|cannot|would|wants|gets|needs)\b/i
const ANOTHER_ONE =
  /\b(?:the|an?|any|without|begins?|sets?|opens?|gives?|shows?|creates?|challenge|returns|needs|forgets|stays) (?:more )?(?:[a-z]{4,} )?(?<!\bthan )ones?(?=[.,;)]|$)/i
const IS_ONE = /\b(?:is|be|was|are|becomes?|stays?|reached?|has|have) (?:at least |only )?one(?=[.,;:)]|$)/
const PERSON = /\b(?:no one|someone|somebody|nobody|anyone|anybody|everyone|everybody)\b/i
const CONCESSION = /\b(?:whoever|whatever|whichever|wherever|whenever|however (?:many|much|long|often|it|they|the))\b/i
const WHO = /(?:^|[;:(] ?|\b(?:and|or|says|show|shows|know|knows|of|to|for|by|with|from|if|than) )who\b/i
const WHAT = /(?<!^)\bwhat\b(?! (?:to do|is wrong|was wrong|is odd|was expected|must you|happens?|happened|you see)\b)/i
const TWO_MEANINGS =
  /\bat once\b|\bbesides\b|\bfor ever\b|\bfor good\b|\b(?:nothing|none|anything|no \w+) but\b|\ball but\b|(?:^Once|\bonce) (?:it|they|the|all|no|there|that|this|every|both|its|their)\b|(?:^Since|, since) (?:it|they|the|a|no|there)\b|, where (?:it|they|the|a|no|there)\b|[,;] for (?:it|they|there) (?:is|are|has|have)\b/
const OLD_WORDS =
  /\b(?:anew|hence|thus|lest|albeit|whilst|amongst|upon|henceforth|likewise|merely|latter|notwithstanding|insofar|inasmuch|whereas|where(?:by|in|of|upon)|there(?:by|in|of|upon)|here(?:by|in|of|with)|respectively|whether or not|and\/or|vice versa|per se|etc|e\.g|i\.e|via)\b/i
const VAGUE_VERB = /\b(?:keeps?|kept|tells|told|hears?|heard|goes|went)\b(?!-)/i
const POINTER =
  /(?:^|[;:] )(?:This|That|These|Those) (?:is|are|was|were|has|have|makes?|means?|costs?|can|may|must|would|does|do|allows?|needs?|takes?|holds?|works?|leaves?|gives?|shows?|happens?|saves?)\b/i
const TO_BE_DONE = /\b(?:is|are|was|were) (?:not )?to (?!move\b)[a-z]+/
const FUTURE = /\b(?:will|shall|won't)\b/
const INVERSION =
  /\b(?:nor|and neither|only then|no sooner) (?:do|does|did|is|are|was|were|has|have|can|may|must|will)\b|^(?:Nor|Neither|Here|So|Behind|Among|Never) (?:do|does|stands?|goes|comes?|lies?)\b/
const CONTRACTION =
  /\b(?:do|ca|is|does|wo|did|are|was|were|could|would|should)n['’]t\b|\b(?:it|that|there|what)['’]s (?:a|an|the|not|no)\b/i
const DOUBLE_NEGATION =
  /\bnot\b[^.;,:]*\bunless\b|\bunless\b[^.;,:]*\b(?:not|no|never)\b|\bnot un\w+ed\b|\bnot in(?:valid|complete|visible)\b/

const POINTER_AFTER_CONJUNCTION =
  /\b(?:because|so|but|if|when|while|although|unless|until) (?:this|that|these|those) (?:is|are|was|were|has|have|makes?|means?|costs?|can|may|would|does)\b/i
const FRONTED_OF = /(?:^|[;:] )Of (?!course\b|which\b)/
const COUNTS_AS = /\bcount(?:s|ed)? as\b/i
const BARE_POINTER =
  /\b(?:detects?|knows?|shows?|mounts?|do|does|did|for|after|before|than|of|with|in|to|by|from|at|until|without|like|on|sees?|says?|allows?|prevents?|reports?|checks?|tries|needs?|means?|against|about|changes?|notices?|finds?|logs?|ends?) (?:this|that|these|those)(?=[.,;:)]|$)|\b(?:logs?|do|does|makes?|reports?|detects?|prevents?|notices?) (?:that|this) (?:in|with|by|on|for|possible|easy|impossible|once|twice|again|already|too|when|if|because|before|after|only)\b/i
const STRANDED =
  /\b(?:that|which|whom|whose|what)\b[^.,;:]* (?:to|for|with|of|from|about|against|at)(?=[.;]|$| \()|\b(?:that|which)\b[^.,;:()]* (?:to|for|with|of|from|about|against) (?:is|are|has|was) |\b(?:to (?:choose from|connect to|wait for|ask for|play with|write to)|been in|talks? about|plays? on)(?=[.;]|$)/
const NEED_NOT = /\b(?:need|dare) not\b|\bought to\b/i
const TOO_A =
  /\b(?:too|so|as|how) (?:long|short|small|large|big|early|late|few|many|much|good|great|high|low|old|new|fast|slow|hard|easy|simple|wide) an? \w/i

const OMITTED_VERB =
  /\b(?:but|and|or|if) (?:is|are|does|do|has|have|was|were|can|may|it (?:is|does|has|can)|they (?:are|do|have|can)|the \w+ (?:is|are|does|do|has|have)) not(?=[.,;:)]|$)|\bif not(?=[.,;:)]|$)|\bif (?:the \w+|it|they) (?:can|cannot|does|do|may)(?=[.,;:)]|$)/i
const DOUBLED = /\b(that|of|to|is|and|it|has|which|a) \1\b/i
const ENDS_BEFORE = /\b(?:ends?|disconnects?|happens?|closed|matched|resolves|rejects) before(?=[.;]|$)/
const FROM_BEFORE = /\b(?:from|until|since|for) (?:before|behind)\b/i
const LOOK = /\b(?:a|two|one|each|last|next|further|second|first) looks?(?: (?:at|of)\b|(?=[.,;:)]|$))/
const PHRASE_AFTER_SEMICOLON = /; (?:or|and) (?:with|to|by|for|from) /i
const TWO_WITHS = /\bwithout an? \w+ with\b/i
const TIME_WHEN = /\b(?:each|every) time when\b|\bthe reasons? for which\b/i
const ITS_TURN = /\bit (?:is|was) its turn\b/
const NOTIFIES_THAT = /\b(?:notifies|informs) [^.;:,]+, [^.;:,]+(?:, [^.;:,]+)*, that\b/i
const PART_OF_WHICH = /\b(?:all|none|some|each|most|many|one|two|several|both|either|neither) of (?:which|whom|whose)\b/i

const BRITISH =
  /\b(?:\w*(?:colour|behaviour|neighbour|favour|honour|flavour)\w*|(?:recogn|normal|serial|initial|uninitial|organ|optim|minim|maxim|summar|priorit|synchron|special|general|character|capital|visual|categor|final)is(?:e|es|ed|ing|er|ation)|analys(?:e|es|ed|ing)|(?:cancel|label|model|travel|signal|equal)l(?:ed|ing)|(?:judg|acknowledg)ements?|towards|(?:mis)?spelt|learnt|fulfils?|centres?|grey|licence|catalogues?|defence|artefacts?)\b/i

/** Maximum number of words of a sentence, and of a part between two of `.`, `;`, `:` and parentheses. */
const LONGEST = 50
const LONGEST_PART = 36
/** Relative clauses and `that` clauses in one part from which a sentence nests too deep. */
const CLAUSES = 3

/** The kinds of sentences that the project does not have. */
export const kinds: readonly SentenceKind[] = [
  { name: 'one', advice: 'repeat the noun', finds: (text) => ONE.test(text) || ANOTHER_ONE.test(text) || IS_ONE.test(text) },
  { name: 'no noun for a person', advice: 'name a user, a player, a client or a peer', finds: (text) => PERSON.test(text) },
  { name: 'whatever', advice: 'write "for any …"', finds: (text) => CONCESSION.test(text) },
  {
    name: 'who without a noun',
    advice: 'write "which user", or a noun before "who"',
    finds: (text) => !text.endsWith('?') && WHO.test(text),
  },
  {
    name: 'what',
    advice: 'name the thing: "the bytes that follow", not "what follows"',
    exceptTests: true,
    finds: (text) => !text.endsWith('?') && WHAT.test(text),
  },
  {
    name: 'a word with two meanings',
    advice: 'write "immediately", "together", "only", "because", "if" or "when"',
    finds: (text) => TWO_MEANINGS.test(text),
  },
  { name: 'an old or Latin word', advice: 'write the plain word', finds: (text) => OLD_WORDS.test(text) },
  {
    name: 'a vague verb',
    advice: 'write "store", "retain", "notify", "receive", "disconnect" or "continue"',
    finds: (text) => VAGUE_VERB.test(text),
  },
  {
    name: 'this or that without a noun',
    advice: 'write "this move", not "this"',
    finds: (text, { isPrinted }) => !isPrinted && (POINTER.test(text) || POINTER_AFTER_CONJUNCTION.test(text)),
  },
  { name: 'is to', advice: 'write "must" or "has to"', finds: (text) => TO_BE_DONE.test(text) },
  { name: 'future', advice: 'write the present tense', finds: (text, { isPrinted }) => !isPrinted && FUTURE.test(text) },
  { name: 'inversion', advice: 'put the subject first', finds: (text) => INVERSION.test(text) || FRONTED_OF.test(text) },
  { name: 'contraction', advice: 'write both words', finds: (text) => CONTRACTION.test(text) },
  { name: 'two negations', advice: 'write the positive condition', finds: (text) => DOUBLE_NEGATION.test(text) },
  { name: 'count as', advice: 'write "is", "becomes" or "is treated as"', finds: (text) => COUNTS_AS.test(text) },
  { name: 'a sentence that points without a noun', advice: 'write "the end", not "that"', finds: (text) => BARE_POINTER.test(text) },
  {
    name: 'a preposition at the end',
    advice: 'write "for which", or a noun',
    finds: (text) => !text.endsWith('?') && STRANDED.test(text),
  },
  { name: 'need not', advice: 'write "does not have to"', finds: (text) => NEED_NOT.test(text) },
  { name: 'too long a line', advice: 'write "a line that is too long"', finds: (text) => TOO_A.test(text) },
  { name: 'a verb that is left out', advice: 'write "otherwise", or repeat the verb', finds: (text) => OMITTED_VERB.test(text) },
  { name: 'all of which', advice: 'make two sentences', finds: (text) => PART_OF_WHICH.test(text) },
  { name: 'a word twice', advice: 'leave a word out, or write "the side"', finds: (text) => DOUBLED.test(text) },
  { name: 'before without a noun', advice: 'write "earlier" or "already"', finds: (text) => ENDS_BEFORE.test(text) },
  { name: 'from before', advice: 'write "earlier", or "that arrived before"', finds: (text) => FROM_BEFORE.test(text) },
  { name: 'a look', advice: 'write "a check", "a read" or "a scan"', finds: (text) => LOOK.test(text) },
  {
    name: 'a phrase behind a semicolon',
    advice: 'repeat the verb, or make two sentences',
    finds: (text) => PHRASE_AFTER_SEMICOLON.test(text),
  },
  { name: 'without and with', advice: 'write a clause: "a program that has no network"', finds: (text) => TWO_WITHS.test(text) },
  { name: 'each time when', advice: 'write "when", or "the reason why"', finds: (text) => TIME_WHEN.test(text) },
  { name: 'it is its turn', advice: 'write "in its own turn", or name the side', finds: (text) => ITS_TURN.test(text) },
  { name: 'a far clause', advice: 'put the clause behind its verb', finds: (text) => NOTIFIES_THAT.test(text) },
  { name: 'British spelling', advice: 'write the American spelling', finds: (text) => BRITISH.test(text) },
  { name: 'a long sentence', advice: 'make two sentences', finds: (text) => isTooLong(text) },
  { name: 'nested clauses', advice: 'make two sentences, or replace a clause by a noun', finds: (text) => countClauses(text) >= CLAUSES },
]

/** Splits a sentence at the marks at which a reader can rest. */
function partsOf(text: string): string[] {
  return text.split(/[;:.!?](?: |$)|[()]/)
}

function isTooLong(text: string): boolean {
  // a list of words is long and plain
  const isList = (part: string) => part.split(',').length > part.split(' ').length / 5
  const count = (part: string) => part.split(' ').filter((word) => /\w/.test(word)).length
  const parts = partsOf(text).filter((part) => !isList(part))
  return parts.some((part) => count(part) > LONGEST_PART) || parts.reduce((sum, part) => sum + count(part), 0) > LONGEST
}

/** Returns the largest number of clauses in a part that begin with a relative pronoun or `that`, and not behind a comma or "and". */
function countClauses(text: string): number {
  const counts = partsOf(text).map(
    (part) => part.match(/(?<!\b(?:and|or|but),? |, |^ ?)\b(?:that|which|who|whose|whom)\b(?! (?:is|are)\b$)/g)?.length ?? 0,
  )
  return Math.max(0, ...counts)
}
