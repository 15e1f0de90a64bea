/** The texts of invitations and challenges, of a server that refuses the page, and of a guest who logs out. */
export const lobbyTexts = {
  friendWaits: (game: string) => `Send this link to a friend. The link opens ${game} and works once.`,
  friendLink: 'Link for your friend',
  linkHere: 'The link works on this computer only.',
  otherDevice:
    'For a friend on another device, start the server with --host 0.0.0.0, and open the page at the address that the server prints.',
  friendLinkChanged: 'The link for your friend has changed. Send the new link.',
  invited: 'A friend invites you to a game.',
  noInvitation:
    'The invitation is not open now. Perhaps your friend is offline for a moment or has canceled the invitation, or another user has used the link.',
  notes: 'Challenges and turns',
  joinFriend: 'Play',
  joinAgain: 'Try again',
  refused: 'Not connected.',
  full: 'The server answers, but accepts no connection: perhaps the server is full.',
  notServing: 'The server answers, but does not serve games now.',
  logOutLoses: 'Lose the game?',
} as const
