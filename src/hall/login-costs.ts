/**
 * Cost of logging in and of registering in the budget of a connection, in addition to 1 for the message, because the server
 * hashes a password. The costs are the same in every protocol; other commands declare their costs themselves.
 */
export const costs = { enter: 9, register: 19 } as const
