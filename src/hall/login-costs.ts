/**
 * Cost of a login, and cost of a registration, in the budget of a connection, in addition to 1 for the message. A login and a registration
 * cost more because the server hashes a password. The costs are the same in every protocol; other commands declare their costs themselves.
 */
export const costs = { enter: 9, register: 19 } as const
