/**
 * EXIT has the exit codes: 0 if the conversation ended as its protocol allows; 2 for a usage error; 129 after SIGHUP, 130 after SIGINT and
 * 143 after SIGTERM; 1 in all other cases.
 */
export const EXIT = { good: 0, trouble: 1, usage: 2, hungUp: 129, interrupted: 130, terminated: 143 } as const
