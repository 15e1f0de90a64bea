/**
 * V8's flags for a server that has so many processors to itself, for what `npm start` says besides.
 *
 * V8 counts what arrives from sockets apart from its heap, and begins a full collection after each 64 MB of that, with a step
 * of 5 ms at each further read: 50 peers that said all they could made others wait for 200 ms, once a second. With both
 * counted together the heap's own growth decides.
 *
 * V8 takes connections for long-lived as soon as many of them are open, and makes the next ones among the old objects, where
 * whatever they refer to stays until the next full collection: short pauses become ten times as long. Where there is another
 * processor, old objects are marked and swept there: with 5,000 users online a full collection then stops the server for 10
 * to 35 ms, and 150 without. What is done while it is stopped is done without other threads: to wait for one that has no
 * processor took 130 ms. Pages of old objects are compacted only while there is little to do, for that stopped it for 60 ms
 * now and then. On the only processor, such threads would take turns with the server, 20 ms each.
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
 * Begin to mark early, so that it is done before the heap is full: what is left then takes 60 to 100 ms at once. The heap may
 * grow to three times what is in use, always: V8 lowers that limit while young objects die at once, finds it passed, and marks
 * all in one pause, 134 ms with 5,000 users.
 */
const BESIDE = ['--incremental-marking-soft-trigger=50', '--incremental-marking-hard-trigger=30', '--heap-growing-percent=200']
const ALONE = ['--no-concurrent-marking', '--no-parallel-marking', '--no-concurrent-sweeping', '--no-concurrent-array-buffer-sweeping']
