import type { Program } from '../../protocol/definition.ts'
import type { Check } from './check.ts'
import { playConversation } from './play.ts'
import { judgeServerEnd } from './server-end.ts'

/** Checks whether the judge can play a program's protocol: a program of the lobby needs the whole server. */
export function isPlayable({ needs }: Program): boolean {
  return needs !== 'lobby'
}

/** The first check: one game or conversation on an undisturbed network, from the start of the program to its end. */
export const playsToTheEnd: Check = {
  name: 'plays-to-the-end',
  proves: 'plays one conversation to its end, on a network that disturbs nothing',
  level: 'worksheet',
  roles: ['client', 'server'],
  carriers: 'both',
  appliesTo: isPlayable,
  run: async (subject) => judgeServerEnd(subject, await playConversation(subject), { seed: subject.seed }),
}
