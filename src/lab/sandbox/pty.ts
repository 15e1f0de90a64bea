/** The library for pseudo-terminals, which is an optional dependency because it is compiled for some systems only. */
export type PtyLibrary = typeof import('@lydell/node-pty')

/** Loads the library for pseudo-terminals; resolves to `undefined` where there is none. */
export async function loadPty(): Promise<PtyLibrary | undefined> {
  try {
    return await import('@lydell/node-pty')
  } catch {
    return undefined
  }
}
