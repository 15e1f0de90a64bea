/**
 * The layouts of the automatons of all shipped programs, by the name of the program. The build generates these layouts (`vite.config.ts`).
 */
declare module 'virtual:automaton-layouts' {
  const layouts: Readonly<Record<string, import('./model/automaton-layout.ts').AutomatonLayout>>
  export default layouts
}

/** The remedies of `docs/causes.md`; the build generates these remedies, too. */
declare module 'virtual:remedies' {
  const remedies: import('./model/remedy.ts').Remedies
  export default remedies
}
