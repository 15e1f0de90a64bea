/** The defaults of the settings, written as in `parlor.toml`. They stand apart because the help shows some of them. */
export const defaults = {
  host: '127.0.0.1',
  ports: {},
  iterative: [],
  data: 'parlor-data',
  durable: 'process',
  keep: '1GB',
  first: '2m',
  idle: '10m',
  http: '127.0.0.1:4080',
  log: 'plain',
  limits: { connections: 1000, burst: 5000, messages: 1000, seats: 20, tables: 20_000, address: 'half', disk: 200, move: '10m' },
} as const

/** The file with settings that is read where nobody names another, if it is there. */
export const settingsFile = 'parlor.toml'

/** The least that is logged, where nobody says otherwise: a person has no use for who comes and goes. */
export const levelOf = { plain: 'warn', json: 'info' } as const
