import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import type { Clock } from '../base/clock.ts'

/**
 * Returns the V8 flags for a server with this many processors. They shorten the pauses of garbage collection.
 *
 * - External memory: V8 counts the bytes that arrive from sockets separately from its heap, and begins a full collection after every 64 MB
 *   of these bytes. Each further read then does a step of this collection, which takes 5 ms. 50 peers at full speed delayed other peers by
 *   200 ms once a second. With the flag, V8 counts these bytes as a part of the heap, and begins a full collection only if the heap has
 *   grown enough.
 * - Pretenuring: when many connections are open, V8 treats connections as long-lived and allocates new connections among the
 *   old objects. All objects to which these connections refer then stay until the next full collection, and short pauses become ten times
 *   as long.
 * - Marking and sweeping: with a second processor, other threads mark and sweep old objects. With 5,000 users online, a full collection
 *   then stops the server for 10 to 35 ms; without these threads, it stops the server for 150 ms. On a single processor, these threads
 *   would take turns with the server, 20 ms per turn.
 * - Pauses: the work of a pause uses no other threads, because waiting for a thread without a processor took 130 ms.
 *   Marking is an exception: if `--no-parallel-marking` is set in a running process, Node 24.21 crashes in the next full collection, with
 *   or without `--no-concurrent-marking`.
 * - Compaction: V8 compacts pages of old objects only while the server is idle, because compaction stopped it for 60 ms.
 */
export function garbageCollectionFlags(processors: number): readonly string[] {
  return [...ALWAYS, ...(processors > 1 ? BESIDE : ALONE)]
}

const ALWAYS = [
  '--no-allocation-site-pretenuring',
  '--external-memory-accounted-in-global-limit',
  '--gc-experiment-less-compaction',
  '--no-parallel-compaction',
  '--no-parallel-pointer-update',
  '--no-parallel-weak-ref-clearing',
]
/**
 * Marking begins early, so that it ends before the heap is full; otherwise the rest of the marking takes 60 to 100 ms in one pause. The
 * heap may always grow to three times its live size. Without the flag for this growth, V8 lowers the limit while young objects die
 * immediately. V8 then finds that the heap exceeds the limit, and marks everything in one pause, which took 134 ms with 5,000 users.
 */
const BESIDE = ['--incremental-marking-soft-trigger=50', '--incremental-marking-hard-trigger=30', '--heap-growing-percent=200']
const ALONE = ['--no-concurrent-marking', '--no-concurrent-sweeping', '--no-concurrent-array-buffer-sweeping']

/** Size, in bytes, at which the space of young objects stops growing. The space of a server that has started has this size. */
const YOUNG = 32 * 2 ** 20
/** Milliseconds between two checks of the size. */
const INTERVAL = 1000

/** YoungSpace reads the size of V8's space of young objects in bytes, and sets the factor by which V8 enlarges that space. */
export interface YoungSpace {
  readonly size: () => number
  readonly setGrowth: (factor: number) => void
}

/** The space of young objects of this process. */
const ownSpace: YoungSpace = {
  size: () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0,
  setGrowth: (factor) => setFlagsFromString(`--semi-space-growth-factor=${factor}`),
}

/**
 * Bounds the space of young objects to `YOUNG` bytes; returns a function that removes the bound. Many short connections, such as 10,000
 * refused upgrades, make V8 double the space, and the memory of the process grows by 32 MB permanently. A flag of the command line bounds
 * the space, too, but only `npm start` has the flag, and V8 reads the flag once. V8 makes the space smaller while the server is idle, so a
 * space below the bound must be able to grow again.
 */
export function boundYoungSpace(clock: Clock, { size, setGrowth }: YoungSpace = ownSpace): () => void {
  let isBounded = false
  let cancel = () => {}
  const look = () => {
    const isFull = size() >= YOUNG
    if (isFull !== isBounded) setGrowth(isFull ? 1 : 2)
    isBounded = isFull
    cancel = clock.after(INTERVAL, look)
  }
  look()
  return () => cancel()
}
