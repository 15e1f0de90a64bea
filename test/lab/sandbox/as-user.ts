import { openSandbox } from '../../../src/lab/sandbox/open-sandbox.ts'

/*
 * Run by a test as a user without rights: runs the command in its arguments in a sandbox, and prints what happened as JSON.
 */
const words = process.argv.slice(2)
const sandbox = await openSandbox({ words, cwd: '/' })
const program = await sandbox.start({ words })
const end = await program.ended
await sandbox.close()
process.stdout.write(JSON.stringify({ ownNetwork: sandbox.ownNetwork, end, output: program.output.text() }))
