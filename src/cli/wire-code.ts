import { isIP } from 'node:net'
import { sendAdminRequest } from '../server/admin.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { wallClock } from './clock.ts'
import { printError, UsageError } from './diagnostics.ts'

/**
 * Runs `parlor wire-code [address]`: prints a code of the running server, with which a browser sees the wire of the programs at an address, or
 * of all programs. Resolves to the exit code.
 */
export async function wireCodeCommand(address: string | undefined, { data }: { readonly data: string }): Promise<number> {
  if (address !== undefined && isIP(address) === 0)
    throw new UsageError(
      `${JSON.stringify(address)} is not an IP address: type the address of the programs, such as 192.168.1.37, without a port`,
    )
  const answer = await sendAdminRequest(data, { action: 'wire-code', ...(address === undefined ? {} : { address }) }, wallClock)
  if (!answer) {
    printError(`no server has the folder ${data} open: start the server, or name its folder with --data`)
    return EXIT.trouble
  }
  if ('refused' in answer) {
    printError(answer.refused)
    return EXIT.trouble
  }
  process.stdout.write(`${answer.done}\nType this code on the page under "Wire". It works once, within 15 minutes.\n`)
  return EXIT.good
}
