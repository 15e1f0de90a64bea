import { describe } from 'vitest'
import { memoryStore } from '../../src/storage/memory/index.ts'
import { contract } from './contract.ts'

describe('a store in memory', () => contract(async (onError) => memoryStore(onError ? { onError } : {})))
