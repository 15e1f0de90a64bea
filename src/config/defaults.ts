/**
 * Default settings, written as in `parlor.toml`. The defaults have a file of their own, because the help shows some of them without
 * loading the schema.
 */
export const defaults = {
  host: '127.0.0.1',
  plugins: [],
  ports: {},
  iterative: [],
  data: 'parlor-data',
  durable: 'process',
  keep: '1GB',
  first: '2m',
  idle: '10m',
  http: '127.0.0.1:4080',
  web: '8080',
  webPrefix: '',
  webHosts: [],
  webOrigins: [],
  webProxies: [],
  log: 'plain',
  limits: { connections: 1000, burst: 5000, messages: 1000, seats: 20, tables: 20_000, address: 'half', disk: 200, move: '10m' },
} as const

/** The settings file that a command reads if the user names no settings file and this file exists. */
export const settingsFile = 'parlor.toml'

/** Default log level of each format. The level for people is higher, because a person does not need a line for every connection. */
export const defaultLevels = { plain: 'warn', json: 'info' } as const
