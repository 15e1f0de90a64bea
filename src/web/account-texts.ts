import { formatCount } from '../base/counts.ts'

/** The texts of the account view: password, sessions, and the deletion of the account. */
export const accountTexts = {
  account: 'Account',
  accountOf: (name: string) => `You are ${name}.`,
  accountNone: 'Log in to see your account.',
  accountGuest: 'You play as a guest. A registered name is yours, and its games count on the ladder.',
  yourGamesLink: 'Your games',
  changePassword: 'Change password',
  oldPassword: 'Present password',
  newPassword: 'New password',
  passwordHint: 'A new password ends all other sessions and connections of this name.',
  passwordChanged: (sessions: number, connections: number) =>
    `The password is changed. ${formatCount(sessions, 'session')} and ${formatCount(connections, 'other connection')} ended.`,
  sessions: 'Sessions',
  sessionsHint: 'A browser stays logged in until you log out there, or end its session here.',
  thisBrowser: 'This browser',
  sessionSince: (time: string) => `Logged in ${time}`,
  sessionUsed: (time: string) => `Last used ${time}.`,
  notConnected: 'not connected',
  endSession: 'End',
  endOthers: 'End all other sessions and connections',
  otherConnections: (connections: number) =>
    `${formatCount(connections, 'other connection')} without a session, logged in with the password.`,
  sessionsEnded: (sessions: number, connections: number) =>
    `${formatCount(sessions, 'session')} and ${formatCount(connections, 'other connection')} ended.`,
  deleteAccount: 'Delete account',
  deleteHint: 'Deletes the name, its ratings and its list of games. Finished games stay in the lists of the opponents.',
} as const
