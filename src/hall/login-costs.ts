/**
 * Cost of a login and of a registration in the budget of a connection, in addition to 1 for the message. They cost more
 * because the server hashes a password. The costs are the same in every protocol; other commands declare their costs
 * themselves.
 */
export const costs = { enter: 9, register: 19 } as const
