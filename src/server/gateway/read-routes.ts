import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { isRefusal } from '../../games/game.ts'
import type { LobbyRefusal } from '../../hall/api.ts'
import type { HallReader } from '../../lobby/hall-reader.ts'
import { toGameRows, toRow } from '../../native/commands/browse.ts'
import { statusOf } from './answers.ts'
import {
  FinishedRecord,
  GameLadder,
  GamePath,
  Games,
  LadderQuery,
  PageQuery,
  RecentGames,
  RecordQuery,
  RecordText,
  Refused,
  TablePath,
  Tables,
  UserGames,
  UserPath,
} from './api-schemas.ts'

/** Adds the read API: the games, the open tables, the ladders, the histories and the records of finished games. */
export function addReadRoutes(app: FastifyInstance, prefix: string, reader: HallReader): void {
  const routes = app.withTypeProvider<ZodTypeProvider>()
  const answers = <Answer>(answer: Answer) => ({ response: { 200: answer, '4xx': Refused, '5xx': Refused }, tags: ['hall'] })
  routes.get(`${prefix}/api/games`, { schema: { summary: 'List the games', ...answers(Games) } }, () => ({
    games: toGameRows(reader.catalog),
  }))
  routes.get(
    `${prefix}/api/tables`,
    { schema: { summary: 'List the open tables', querystring: PageQuery, ...answers(Tables) } },
    ({ query: { from, limit } }) => {
      const { items, total } = reader.listTables({ from, count: limit })
      return { tables: items, total }
    },
  )
  routes.get(
    `${prefix}/api/games/:game/ladder`,
    { schema: { summary: 'Read the top of a ladder', params: GamePath, querystring: LadderQuery, ...answers(GameLadder) } },
    async ({ params: { game }, query: { limit } }, reply) => {
      const best = await reader.ladder(game, limit)
      return isRefusal(best) ? refuse(reply, best) : { game, best: best.map(toRow) }
    },
  )
  routes.get(
    `${prefix}/api/users/:name/games`,
    { schema: { summary: 'List the finished games of a user', params: UserPath, querystring: PageQuery, ...answers(UserGames) } },
    async ({ params, query: { from, limit } }) => {
      const { name, items, total } = await reader.history(params.name, { from, count: limit })
      return { name, games: items, total }
    },
  )
  routes.get(
    `${prefix}/api/recent`,
    { schema: { summary: 'List the finished games of all users', querystring: PageQuery, ...answers(RecentGames) } },
    async ({ query: { from, limit } }) => {
      const { items, total } = await reader.recent({ from, count: limit })
      return { games: items, total }
    },
  )
  routes.get(
    `${prefix}/api/tables/:table/record.txt`,
    {
      schema: {
        summary: 'Read the record of a finished game as text',
        params: TablePath,
        ...answers(RecordText),
        produces: ['text/plain'],
      },
    },
    async ({ params: { table } }, reply) => {
      const found = await reader.recordText(table)
      if (isRefusal(found)) return refuse(reply, found)
      return reply.type('text/plain; charset=utf-8').serializer(String).send(found)
    },
  )
  routes.get(
    `${prefix}/api/tables/:table/record`,
    { schema: { summary: 'Read the record of a finished game', params: TablePath, querystring: RecordQuery, ...answers(FinishedRecord) } },
    async ({ params: { table }, query: { after, limit, boards } }, reply) => {
      const record = await reader.record(table, { after, count: limit, boards: boards === 'true' })
      return isRefusal(record) ? refuse(reply, record) : record
    },
  )
}

/** Answers with the refusal of the lobby. */
export function refuse(reply: FastifyReply, { code, refused }: LobbyRefusal): FastifyReply {
  return reply.code(statusOf(code)).send({ code, message: refused })
}
