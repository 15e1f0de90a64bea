import { onTestFinished } from 'vitest'
import { accountsContract } from './contract-accounts.ts'
import { followContract } from './contract-follow.ts'
import { historyContract } from './contract-history.ts'
import { meetingContract } from './contract-meeting.ts'
import { propertiesContract } from './contract-properties.ts'
import { resultsContract } from './contract-results.ts'
import { tablesContract } from './contract-tables.ts'
import { usageContract } from './contract-usage.ts'
import type { Open } from './samples.ts'

/** Tests a store on any medium. */
export function contract(open: Open): void {
  const closing: Open = async (onError) => {
    const store = await open(onError)
    onTestFinished(() => store.close())
    return store
  }
  tablesContract(closing)
  followContract(closing)
  propertiesContract(closing)
  resultsContract(closing)
  accountsContract(closing)
  historyContract(closing)
  usageContract(closing)
  meetingContract(async () => {
    // the store is one process, so its two users share it
    const { meeting } = await closing()
    return { one: meeting, other: meeting }
  })
}
