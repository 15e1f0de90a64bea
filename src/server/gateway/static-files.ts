import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fastifyStatic } from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/** The file with which the page starts. */
const INDEX = 'index.html'
/** Matches the file names that the build makes from the contents of the files, such as `index-BX3fT0aZ.js`. */
const HASHED = /[-.][\w-]{8,}\.\w+(?:\.(?:br|gz))?$/
/** The text that the server sends if the page is not built. */
const NO_PAGE = `This server runs, but its page for browsers is not built.

In a clone of Parlor, "npm ci" installs the build tool, and "npm start" builds the page, or prints in the terminal why the build has failed.
Games are possible without the page: users play with nc at the ports of the server, and programs play at /ws and /api of this address.
`

/**
 * Adds the files of a folder, if the folder has a page. A browser may store the files with hashed names forever, and requests all other
 * files each time. If a compressed file is beside an original, the server sends the compressed file. If the folder has no page, adds a text
 * that says how to build the page.
 */
export async function addStaticFiles(app: FastifyInstance, prefix: string, folder: string): Promise<void> {
  if (!existsSync(join(folder, INDEX))) {
    app.get(`${prefix}/`, { schema: { hide: true } }, (_, reply) => reply.code(503).type('text/plain; charset=utf-8').send(NO_PAGE))
    return
  }
  await app.register(fastifyStatic, {
    root: folder,
    prefix: `${prefix}/`,
    index: [INDEX],
    dotfiles: 'ignore',
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.header('cache-control', HASHED.test(path) && !path.endsWith(INDEX) ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}
