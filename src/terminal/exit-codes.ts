/**
 * Exit codes: 0 if the conversation ended in an end of its protocol, 1 otherwise, 2 for usage errors, 129, 130 and 143 after SIGHUP,
 * SIGINT and SIGTERM.
 */
export const EXIT = { good: 0, trouble: 1, usage: 2, hungUp: 129, interrupted: 130, terminated: 143 } as const
