import { chance } from '../games/random.ts'
import { askOperator, type OperatorAnswer, OperatorWish, operate } from '../server/operator.ts'
import { Premises } from '../server/premises.ts'
import { Terminal } from '../terminal/terminal.ts'
import { EXIT, messageOf } from '../terminal/trouble.ts'
import { wallClock } from '../wire/clock.ts'
import { checkKept } from './data-folder.ts'
import { complain, Usage } from './diagnostics.ts'
import { storeIn } from './stores.ts'

/** `parlor people reset|remove NAME`: what the operator does for the owners of registered names, whether a server runs or not. */
export async function peopleCommand(action: string, name: string | undefined, { data }: { readonly data: string }): Promise<number> {
  const wish = OperatorWish.safeParse({ action, name })
  if (!wish.success) {
    if (action === 'reset' || action === 'remove') throw new Usage(`say whose: parlor people ${action} NAME`)
    if (action === 'list') throw new Usage(`people list takes no name, and not ${JSON.stringify(name)}: it lists all registered users`)
    throw new Usage(`people can be listed (list), reset NAME or removed (remove NAME), not ${JSON.stringify(action)}`)
  }
  if (name?.trim() === '') throw new Usage(`the name is empty; say whose: parlor people ${action} NAME`)
  checkKept(data)
  const said = (await asked(data, wish.data)) ?? (await inFolder(data, wish.data))
  if ('done' in said) {
    new Terminal().printSentence(said.done)
    return EXIT.good
  }
  complain(said.refused)
  return EXIT.trouble
}

/** What the server says that has the folder open; `undefined` where none does. */
async function asked(data: string, wish: OperatorWish): Promise<OperatorAnswer | undefined> {
  try {
    return await askOperator(data, wish)
  } catch (reason) {
    return { refused: `the server that has ${data} open gives no answer that can be read: ${messageOf(reason)}` }
  }
}

/** Does in a folder at rest what a server that runs would do: also at the tables that have not ended. */
async function inFolder(data: string, wish: OperatorWish): Promise<OperatorAnswer> {
  const onTrouble = (sentence: string, reason: unknown) => complain(`${sentence}: ${messageOf(reason)}`)
  const premises = new Premises({ store: await storeIn(data), clock: wallClock, random: chance, onTrouble })
  try {
    await premises.open()
    return await operate(premises, wish)
  } finally {
    premises.clear(new Error('the operator has finished'))
    await premises.close()
  }
}
