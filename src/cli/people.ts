import { errorMessage } from '../base/errors.ts'
import type { Catalog } from '../games/catalog.ts'
import { chance } from '../games/random.ts'
import { LobbyService } from '../lobby/service.ts'
import { type AdminAnswer, AdminRequest, performRequest, sendAdminRequest } from '../server/admin.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { Terminal } from '../terminal/terminal.ts'
import { wallClock } from './clock.ts'
import { checkDataFolder } from './data-folder.ts'
import { printError, UsageError } from './diagnostics.ts'
import { loadCatalog } from './plugins.ts'
import { openStoreIn } from './stores.ts'

/** The folder of a server, and the plug-ins with the rules of its unfinished tables, because the user may have a seat at such a table. */
interface PeopleOptions {
  readonly data: string
  readonly plugin?: readonly string[]
}

/** Runs `parlor people reset|remove NAME`, through the running server or directly in the folder. Resolves to the exit code. */
export async function peopleCommand(action: string, name: string | undefined, { data, plugin }: PeopleOptions): Promise<number> {
  const request = AdminRequest.safeParse({ action, name })
  if (!request.success) {
    if (action === 'reset' || action === 'remove') throw new UsageError(`add the name: parlor people ${action} NAME`)
    if (action === 'list') throw new UsageError(`people list takes no name, and not ${JSON.stringify(name)}: it lists all registered users`)
    throw new UsageError(`people can be listed (list), reset (reset NAME) or removed (remove NAME), not ${JSON.stringify(action)}`)
  }
  if (name?.trim() === '') throw new UsageError(`the name is empty; add the name: parlor people ${action} NAME`)
  checkDataFolder(data)
  const answer = (await askServer(data, request.data)) ?? (await inFolder(data, request.data, await loadCatalog(plugin)))
  if ('done' in answer) {
    new Terminal().printSentence(answer.done)
    return EXIT.good
  }
  printError(answer.refused)
  return EXIT.trouble
}

/** Sends an admin command to the server that has the folder open. Resolves to the answer; `undefined` if no server has the folder open. */
async function askServer(data: string, request: AdminRequest): Promise<AdminAnswer | undefined> {
  try {
    return await sendAdminRequest(data, request)
  } catch (reason) {
    return { refused: `the server that has ${data} open sent an unreadable answer: ${errorMessage(reason)}` }
  }
}

/** Runs an admin command in a folder without a server, with the same effects on unfinished tables as in a running server. */
async function inFolder(data: string, request: AdminRequest, catalog: Catalog): Promise<AdminAnswer> {
  const onError = (sentence: string, reason: unknown) => printError(`${sentence}: ${errorMessage(reason)}`)
  const service = new LobbyService({ store: await openStoreIn(data), clock: wallClock, random: chance, catalog, onError })
  try {
    await service.open()
    return await performRequest(service, request)
  } finally {
    service.closeHall(new Error('the operator has finished'))
    await service.close()
  }
}
