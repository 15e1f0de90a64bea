/** MatrixTask is a task that needs some resources for itself, such as the sandbox of a program. */
export interface MatrixTask {
  /** Names of the resources that no other task may use at the same time. */
  readonly needs: readonly string[]
  run(): Promise<void>
}

/**
 * Runs tasks, at most `jobs` at a time, in their order: the next task is the first waiting task whose resources are free. Begins no
 * task after `signal` has aborted. Rejects with the first error of a task, after the other tasks have ended.
 */
export async function runTasks(
  tasks: Iterable<MatrixTask>,
  { jobs, signal }: { readonly jobs: number; readonly signal: AbortSignal },
): Promise<void> {
  const waiting = [...tasks]
  const used = new Set<string>()
  let released = Promise.withResolvers<void>()
  const takeNext = () => {
    const at = waiting.findIndex(({ needs }) => needs.every((need) => !used.has(need)))
    return at < 0 ? undefined : waiting.splice(at, 1)[0]
  }
  const work = async () => {
    while (waiting.length > 0 && !signal.aborted) {
      const task = takeNext()
      if (!task) {
        await released.promise
        continue
      }
      for (const need of task.needs) used.add(need)
      try {
        await task.run()
      } finally {
        for (const need of task.needs) used.delete(need)
        released.resolve()
        released = Promise.withResolvers()
      }
    }
  }
  const settled = await Promise.allSettled(Array.from({ length: jobs }, work))
  const failed = settled.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}
